"""
`python -m cachelab`: the command, where no program of that name is on the path.
"""

from cachelab.cli import main

if __name__ == "__main__":
    main()
