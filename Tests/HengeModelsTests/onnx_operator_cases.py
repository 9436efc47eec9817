#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Golden/onnx_operators.npz: small networks in the ONNX format, an input of each and what onnxruntime
returns, or onnx.reference where it lacks an option.

Run with onnx, onnxruntime and numpy: python3 onnx_operator_cases.py. Each case is one operator with constants,
most of them with several options and at several versions (opsets). ONNXCases.swift reads the file.
"""
import pathlib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

OUT = pathlib.Path(__file__).parent / "Golden"
ort.set_default_logger_severity(4)
cases = {}
rng = np.random.default_rng(1)


def random(*sizes, low=-2.0, high=2.0):
    # Few digits, so that the file compresses.
    return np.round(rng.uniform(low, high, sizes) * 64).astype(np.float32) / 64


def ints(*values):
    return np.array(values, dtype=np.int64)


def case(name, op, x, *others, opset=17, ir=8, outputs=1, before=(), after=(), inputs=None, **options):
    """One operator on x and constants; None leaves an input out."""
    constants, names = [], ["x"]
    for place, value in enumerate(others):
        if value is None:
            names.append("")
            continue
        names.append(f"c{place}")
        constants.append(numpy_helper.from_array(np.asarray(value), f"c{place}"))
    if inputs is not None:
        names = inputs
    nodes = list(before)
    results = [f"r{i}" for i in range(outputs)]
    nodes.append(helper.make_node(op, names, results, name=name, **options))
    last = results[0]
    for node in after:
        nodes.append(node)
        last = node.output[0]
    if outputs > 1:
        nodes.append(helper.make_node("Concat", [r for r in results[::-1]], ["joined"], axis=0, name="join"))
        last = "joined"
    if not after:
        # Truth values and integers become floats, so that every result is compared alike.
        nodes.append(helper.make_node("Cast", [last], ["y"], to=TensorProto.FLOAT, name="result"))
        last = "y"
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None] * x.ndim)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    data = model.SerializeToString()
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        y = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    except Exception as error:  # What onnxruntime lacks, the format's own reference computes.
        print(name, "by onnx.reference:", str(error).strip().splitlines()[0][:120])
        y = ReferenceEvaluator(model).run(None, {"x": x})[0]
    key = f"{name}-{opset}"
    assert key not in cases, key
    cases[key] = (data, x, y)


maps = random(2, 4, 6, 5)
# Convolutions
case("Conv", "Conv", maps, random(3, 4, 3, 3), random(3), pads=[1, 1, 1, 1])
case("Conv.stride", "Conv", maps, random(3, 4, 3, 2), strides=[2, 1], pads=[0, 1, 2, 0], dilations=[1, 2])
case("Conv.upper", "Conv", maps, random(2, 4, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER")
case("Conv.lower", "Conv", maps, random(2, 4, 2, 2), auto_pad="SAME_LOWER", opset=11)
case("Conv.valid", "Conv", maps, random(2, 4, 2, 2), auto_pad="VALID", kernel_shape=[2, 2])
case("Conv.groups", "Conv", maps, random(4, 2, 3, 3), random(4), group=2)
case("Conv.channels", "Conv", maps, random(4, 1, 3, 3), random(4), group=4, pads=[1, 1, 1, 1], strides=[2, 2])
case("Conv.twice", "Conv", maps, random(8, 1, 3, 3), group=4, dilations=[2, 1])
case("Conv.row", "Conv", random(2, 3, 9), random(2, 3, 3), random(2), strides=[2], pads=[1, 0])
case("ConvTranspose", "ConvTranspose", maps, random(4, 3, 3, 3), random(3), strides=[2, 2], pads=[1, 1, 1, 1],
     output_padding=[1, 1])
case("ConvTranspose.groups", "ConvTranspose", maps, random(4, 2, 2, 2), strides=[2, 1], group=2)
case("ConvTranspose.shape", "ConvTranspose", maps, random(4, 2, 3, 3), strides=[2, 2], output_shape=[12, 10])
case("ConvTranspose.row", "ConvTranspose", random(1, 3, 5), random(3, 2, 4), strides=[2], pads=[1, 1])
# Products
case("Gemm", "Gemm", random(3, 5), random(4, 5), random(4), transB=1)
case("Gemm.scaled", "Gemm", random(5, 3), random(5, 4), random(3, 1), transA=1, alpha=0.5, beta=2.0)
case("MatMul", "MatMul", random(2, 3, 4, 5), random(5, 3))
case("MatMul.batch", "MatMul", random(3, 4, 5), random(3, 5, 2), opset=9)
# Normalizations
statistics = [random(4), random(4), random(4), random(4, low=0.2)]
case("BatchNormalization", "BatchNormalization", maps, *statistics, epsilon=1e-3)
case("BatchNormalization.rows", "BatchNormalization", random(3, 4), *statistics, opset=9)
case("InstanceNormalization", "InstanceNormalization", maps, random(4), random(4))
case("InstanceNormalization.row", "InstanceNormalization", random(2, 3, 7), random(3), random(3), epsilon=0.1)
case("LayerNormalization", "LayerNormalization", random(2, 3, 8), random(8), random(8))
case("LayerNormalization.axis", "LayerNormalization", random(2, 3, 4), random(3, 4), axis=1, epsilon=0.01)
case("GroupNormalization", "GroupNormalization", maps, random(4), random(4), num_groups=2, opset=21, ir=10)
case("LRN", "LRN", random(1, 7, 3, 2), size=3, alpha=0.1, beta=0.6, bias=1.5)
case("LRN.old", "LRN", random(1, 7, 3, 2), size=5, opset=9)
# Activations
x = np.concatenate([random(40, low=-4, high=4), np.array([0, -3, 3], dtype=np.float32)])
for op in ["Relu", "Sigmoid", "Tanh", "Erf", "Softplus", "Softsign"]:
    case(op, op, x)
case("Mish", "Mish", x, opset=18)
case("LeakyRelu", "LeakyRelu", x)
case("LeakyRelu.slope", "LeakyRelu", x, alpha=1.5)
case("PRelu", "PRelu", random(2, 3, 4, 4), random(3, 1, 1))
case("Elu", "Elu", x, alpha=0.7)
case("Celu", "Celu", x, alpha=0.7)
case("Selu", "Selu", x)
case("ThresholdedRelu", "ThresholdedRelu", x, alpha=0.8)
case("Gelu", "Gelu", x, opset=20, ir=9)
case("Gelu.tanh", "Gelu", x, approximate="tanh", opset=20, ir=9)
case("HardSigmoid", "HardSigmoid", x, alpha=0.25)
case("HardSwish", "HardSwish", x)
case("Clip", "Clip", x, np.float32(-0.5), np.float32(1))
case("Clip.low", "Clip", x, np.float32(0))
case("Clip.old", "Clip", x, max=1.0, opset=9)
case("Softmax", "Softmax", random(2, 3, 4), axis=1)
case("Softmax.old", "Softmax", random(2, 3, 4), opset=11)
case("LogSoftmax", "LogSoftmax", random(2, 3, 4))
# Pooling
case("MaxPool", "MaxPool", maps, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
case("MaxPool.ceil", "MaxPool", maps, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1)
case("MaxPool.dilated", "MaxPool", maps, kernel_shape=[2, 2], dilations=[2, 1], pads=[0, 0, 1, 1])
case("MaxPool.upper", "MaxPool", maps, kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_UPPER")
case("MaxPool.row", "MaxPool", random(1, 2, 7), kernel_shape=[3], strides=[2], opset=9)
case("AveragePool", "AveragePool", maps, kernel_shape=[2, 2], strides=[2, 2])
case("AveragePool.border", "AveragePool", maps, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
case("AveragePool.counted", "AveragePool", maps, kernel_shape=[3, 2], pads=[1, 0, 0, 1], count_include_pad=1)
case("AveragePool.ceil", "AveragePool", maps, kernel_shape=[3, 2], strides=[2, 2], ceil_mode=1, opset=19, ir=9)
case("GlobalAveragePool", "GlobalAveragePool", maps)
case("GlobalMaxPool", "GlobalMaxPool", maps)
# Sizes
one = random(1, 2, 4, 5)
for mode in ["nearest", "linear", "cubic"]:
    for place in ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]:
        case(f"Resize.{mode}.{place}", "Resize", one, None, np.array([1, 1, 2, 1.5], dtype=np.float32), mode=mode,
             coordinate_transformation_mode=place)
for rounding in ["floor", "ceil", "round_prefer_ceil"]:
    case(f"Resize.{rounding}", "Resize", one, None, None, ints(1, 2, 3, 8), mode="nearest", nearest_mode=rounding)
case("Resize.sizes", "Resize", one, None, None, ints(1, 2, 7, 3), mode="linear")
case("Resize.inside", "Resize", one, None, None, ints(1, 2, 7, 9), mode="cubic", exclude_outside=1, cubic_coeff_a=-0.5)
case("Resize.axes", "Resize", one, None, np.array([2, 2], dtype=np.float32), mode="linear", axes=[2, 3], opset=18)
case("Resize.symmetric", "Resize", one, None, np.array([1, 1, 1.3, 0.7], dtype=np.float32), mode="linear",
     coordinate_transformation_mode="half_pixel_symmetric", opset=19, ir=9)
case("Resize.old", "Resize", one, np.array([1, 1, 2, 3], dtype=np.float32), mode="nearest", opset=10)
case("Upsample", "Upsample", one, np.array([1, 1, 2, 3], dtype=np.float32), mode="nearest", opset=9)
case("Upsample.linear", "Upsample", one, np.array([1, 1, 2, 2], dtype=np.float32), mode="linear", opset=9)
case("DepthToSpace", "DepthToSpace", random(1, 8, 2, 3), blocksize=2)
case("DepthToSpace.columns", "DepthToSpace", random(1, 8, 2, 3), blocksize=2, mode="CRD")
case("SpaceToDepth", "SpaceToDepth", random(1, 2, 4, 6), blocksize=2)
# Shapes
small = random(2, 3, 4)
case("Identity", "Identity", small)
case("Dropout", "Dropout", small, np.float32(0.5))
case("Dropout.old", "Dropout", small, ratio=0.5, opset=9)
case("Reshape", "Reshape", small, ints(0, -1))
case("Reshape.empty", "Reshape", np.zeros((0, 3), np.float32), ints(3, 0), allowzero=1)
case("Flatten", "Flatten", maps)
case("Flatten.axis", "Flatten", maps, axis=-1)
case("Transpose", "Transpose", small, perm=[1, 2, 0])
case("Transpose.all", "Transpose", small)
case("Squeeze", "Squeeze", random(1, 3, 1, 2), ints(2))
case("Squeeze.all", "Squeeze", random(1, 3, 1, 2))
case("Squeeze.old", "Squeeze", random(1, 3, 1, 2), axes=[0, 2], opset=11)
case("Unsqueeze", "Unsqueeze", small, ints(0, -1))
case("Unsqueeze.old", "Unsqueeze", small, axes=[1], opset=9)
case("Expand", "Expand", random(3, 1), ints(2, 1, 4))
case("Tile", "Tile", random(2, 3), ints(2, 3))
case("Pad", "Pad", small, ints(0, 1, 2, 1, 0, 3), np.float32(0.5))
case("Pad.reflect", "Pad", small, ints(0, 2, 1, 0, 1, 3), mode="reflect")
case("Pad.edge", "Pad", small, ints(0, 2, -1, 0, 1, 3), mode="edge")
case("Pad.axes", "Pad", small, ints(1, 2), None, ints(-1), opset=18)
case("Pad.old", "Pad", small, pads=[0, 1, 0, 0, 0, 2], value=1.5, opset=9)
# Parts
case("Concat", "Concat", small, random(2, 1, 4), axis=1)
case("Split", "Split", random(6, 2), ints(1, 2, 3), outputs=3)
case("Split.equal", "Split", random(6, 2), outputs=3)
case("Split.count", "Split", random(5, 2), outputs=3, num_outputs=3, opset=18)
case("Split.old", "Split", random(6, 2), split=[4, 2], outputs=2, opset=9)
case("Slice", "Slice", maps, ints(1, -3), ints(2**63 - 1, -1), ints(2, 3))
case("Slice.steps", "Slice", maps, ints(-1, 0), ints(-(2**63), 5), ints(-1, 1), ints(-2, 2))
case("Slice.old", "Slice", maps, starts=[1, 0], ends=[3, 4], axes=[1, 2], opset=9)
# Choices
case("Gather", "Gather", small, ints(2, 0, -1), axis=1)
case("Gather.one", "Gather", small, np.array(1, dtype=np.int64), axis=2)
case("Gather.table", "Gather", small, np.array([[0, 1], [1, 0]], dtype=np.int64))
case("GatherElements", "GatherElements", random(3, 3), np.array([[1, 2, 0], [2, 0, 0]], dtype=np.int64))
greater = [helper.make_node("Greater", ["x", "c0"], ["mask"], name="mask")]
case("Where", "Where", small, np.float32(0), random(4), before=greater, inputs=["mask", "x", "c1"])
case("ArgMax", "ArgMax", small, axis=1)
case("ArgMin", "ArgMin", small, axis=-1, keepdims=0)
# Arithmetic
for op in ["Abs", "Ceil", "Cos", "Exp", "Floor", "Neg", "Round", "Sin"]:
    case(op, op, x)
for op in ["Log", "Sqrt", "Reciprocal"]:
    case(op, op, np.abs(x) + 0.25)
for op in ["Add", "Sub", "Mul", "Div"]:
    case(op, op, small, random(3, 1, low=0.5))
to_ints = [helper.make_node("Cast", ["x"], ["i"], to=TensorProto.INT64, name="ints")]
case("Div.ints", "Div", np.float32([7, -7, 6, -6, 0]), ints(2), before=to_ints, inputs=["i", "c0"])
case("Mod", "Mod", np.float32([7, -7, 6, -6, 0]), ints(4), before=to_ints, inputs=["i", "c0"])
case("Pow", "Pow", np.abs(x), np.float32(1.5))
case("Pow.square", "Pow", x, np.float32(2))
for op in ["Max", "Min", "Sum", "Mean"]:
    case(op, op, small, random(4), random(3, 1))
# Truth values
for op in ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]:
    case(op, op, np.float32([-1, 0, 1, 2]), np.float32([0, 0, 1, 1]))
less = [helper.make_node("Less", ["x", "c0"], ["a"], name="a"),
        helper.make_node("Less", ["x", "c1"], ["b"], name="b")]
for op in ["And", "Or", "Xor"]:
    case(op, op, np.float32([-1, 0, 1, 2]), np.float32([0, 1, 1, 3]), np.float32([-2, 1, 2, 0]), before=less,
         inputs=["a", "b"])
case("Not", "Not", np.float32([-1, 0, 1, 2]), np.float32([0, 1, 1, 3]), before=less[:1], inputs=["a"])
# Reductions
for op in ["ReduceMax", "ReduceMin", "ReduceMean", "ReduceSumSquare", "ReduceL1", "ReduceL2"]:
    case(op, op, maps, axes=[1, -1], keepdims=0)
    case(op, op, maps, ints(2), opset=18)
case("ReduceSum", "ReduceSum", maps, ints(1, 3))
case("ReduceSum.all", "ReduceSum", maps, keepdims=0)
case("ReduceSum.none", "ReduceSum", maps, noop_with_empty_axes=1)
case("ReduceSum.old", "ReduceSum", maps, axes=[0], opset=11)
# Constants
value = numpy_helper.from_array(random(4), "value")
for name, options in [("tensor", {"value": value}), ("float", {"value_float": 1.5}), ("int", {"value_int": 2}),
                      ("floats", {"value_floats": [1.0, 2.0, 3.0, 4.0]}), ("ints", {"value_ints": [1, 2, 3, 4]})]:
    constant = [helper.make_node("Constant", [], ["k"], name="k", **options),
                helper.make_node("Cast", ["k"], ["kf"], to=TensorProto.FLOAT, name="kf")]
    case(f"Constant.{name}", "Add", small, before=constant, inputs=["x", "kf"])
shape = [helper.make_node("Shape", ["x"], ["s"], name="s")]
case("ConstantOfShape", "ConstantOfShape", small, before=shape, inputs=["s"],
     value=numpy_helper.from_array(np.array([3], dtype=np.float32), "v"))
case("Shape", "Shape", maps)
case("Shape.part", "Shape", maps, start=1, end=-1)
case("Size", "Size", maps)
case("Range", "Range", np.zeros(7, np.float32), np.array(0, dtype=np.int64), np.array(1, dtype=np.int64),
     before=[helper.make_node("Size", ["x"], ["n"], name="n")], inputs=["c0", "n", "c1"])
case("Cast", "Cast", np.float32([-1.7, 0, 1.2, 3.9]), to=TensorProto.INT32)
case("Cast.truth", "Cast", np.float32([-1.7, 0, 1.2, 0]), to=TensorProto.BOOL)
case("Cast.half", "Cast", np.float32([-1.5, 0, 1.25, 3]), to=TensorProto.FLOAT16)
case("CastLike", "CastLike", np.float32([-1.7, 0, 1.2, 3.9]), ints(1))

# What is computed together: a padding, a convolution, a normalization and an activation
numbers = [random(3, 4, 3, 3), random(3), random(3), random(3), random(3), random(3, low=0.2)]
border = [helper.make_node("Pad", ["x", "c6"], ["p"], name="border", mode="reflect")]
behind = [helper.make_node("BatchNormalization", ["r0", "c2", "c3", "c4", "c5"], ["n"], name="norm"),
          helper.make_node("LeakyRelu", ["n"], ["a"], name="act", alpha=0.2)]
case("Conv.joined", "Conv", maps, *numbers, ints(0, 0, 1, 1, 0, 0, 1, 1), before=border,
     inputs=["p", "c0", "c1"], after=behind)
zeros = [helper.make_node("Pad", ["x", "c6"], ["p"], name="border")]
case("Conv.bordered", "Conv", maps, *numbers, ints(0, 0, 1, 0, 0, 0, 2, 1), before=zeros,
     inputs=["p", "c0"], after=behind[:1])
numbers[0] = random(4, 3, 3, 3)
case("ConvTranspose.joined", "ConvTranspose", maps, *numbers, strides=[2, 2], inputs=["x", "c0", "c1"], after=behind)
act = [helper.make_node("Tanh", ["r0"], ["a"], name="act")]
case("BatchNormalization.joined", "BatchNormalization", maps, *statistics, after=act)
case("InstanceNormalization.joined", "InstanceNormalization", maps, random(4), random(4), after=act)
# A result that two nodes read is computed by itself.
twice = [helper.make_node("Relu", ["r0"], ["a"], name="act"), helper.make_node("Sub", ["a", "r0"], ["d"], name="diff")]
case("Conv.read", "Conv", maps, random(2, 4, 1, 1), after=twice)


def shapes(parts):
    """Sizes of all arrays in a row, each with its number of axes before."""
    return np.concatenate([[part.ndim, *part.shape] for part in parts]).astype(np.int64)


models = [data for data, _, _ in cases.values()]
inputs = [x for _, x, _ in cases.values()]
results = [np.asarray(y, dtype=np.float32) for _, _, y in cases.values()]
# One array of each kind: an archive of hundreds would be mostly names.
np.savez_compressed(
    OUT / "onnx_operators.npz",
    names=np.frombuffer("\n".join(cases).encode(), dtype=np.uint8),
    models=np.frombuffer(b"".join(models), dtype=np.uint8),
    sizes=np.array([len(data) for data in models], dtype=np.int64),
    x=np.concatenate([x.ravel() for x in inputs]), x_shapes=shapes(inputs),
    y=np.concatenate([y.ravel() for y in results]), y_shapes=shapes(results))
print(len(cases), "cases")
