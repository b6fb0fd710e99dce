"""
The five reference designs: what others are measured against, and what should not be built.

Each file but the clairvoyant's is a design as it is handed in: the standard library, the words of
`cachelab.ports`, and one class.
"""
