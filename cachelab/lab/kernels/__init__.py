"""
The policies once more, compiled: the same hits as the readable classes, many times as fast.

A kernel plays a trace of object numbers (0, 1, 2, ... in order of first appearance) and returns two
counts: requests that hit, and what they weighed. Its state is a few arrays with a place for each
object. None of it is meant as an introduction to a policy: that is what `cachelab.eviction` is for.
"""
