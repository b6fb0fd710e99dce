"""
Instructions of the processor that Python has no words for.

Three look at the bits of a word. The fourth asks memory for a row of an array that will be needed
soon: on a long trace a simulator waits for memory most of the time, and asking a few requests ahead
lets the waits overlap.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

AHEAD = 16
"""How many requests before its turn to ask for what it needs."""


@intrinsic
def lowest_bit(context: Any, word: Any) -> Any:
    """Return the number of the lowest bit set in a 64-bit word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate


@intrinsic
def zeros_above(context: Any, word: Any) -> Any:
    """Return how many zeros lie above the highest bit set in a 64-bit word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate


@intrinsic
def bits_set(context: Any, word: Any) -> Any:
    """Return the number of bits set in a 64-bit word."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def prefetch(context: Any, array: Any, row: Any) -> Any:
    """Ask for `array[row]`, to read and to write it, without waiting for it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        stride = builder.extract_value(view.strides, 0)
        place = context.cast(builder, arguments[1], signature.args[1], types.intp)
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        address = builder.gep(builder.bitcast(view.data, byte), [builder.mul(stride, place)])
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        # to write; to be kept in every cache; data, not code
        builder.call(function, [address, flag(1), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, row), generate
