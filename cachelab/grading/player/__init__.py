"""
The untrusted half of the grader: a process that runs a submission and tells what it did.

Only the standard library, and nothing from the rest of the package: the judge starts it with
`python -I -S`, and in the full sandbox this folder is all it can see of cachelab. Nothing said here
is believed: every reply is data for the judge, who knows what a right answer looks like.
"""
