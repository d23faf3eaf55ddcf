"""Models of one or a few operators, made by the official onnx package, and what its reference evaluator computes.

Where onnxruntime is installed its results are compared, and are taken in the cases that say so: the reference evaluator computes them in another
way than the runtimes that models are made for.

    pip install onnx onnxruntime && python test/golden/onnx/generate.py
"""

import base64
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

CASES = []


def numbers(*shape, seed=1, positive=False):
    """Quarters from -4 to 4, which all element types hold, or from 1/4 to 4."""
    random = np.random.RandomState(seed)
    return (random.randint(1 if positive else -16, 17, shape) / 4).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def node(op, inputs, outputs="y", **attributes):
    inputs = inputs.split() if isinstance(inputs, str) else inputs
    return helper.make_node(op, [i if i != "-" else "" for i in inputs], outputs.split(), **attributes)


def case(name, opset, nodes, inputs, constants=None, outputs=None, symbols=None, by="reference", tolerance=1e-5, dtype=np.float32):
    nodes = nodes if isinstance(nodes, list) else [nodes]
    outputs = outputs or ["y"]
    constants = constants or {}

    def info(key, array):
        shape = (symbols or {}).get(key, array.shape)
        return helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(array.dtype), shape)

    def model_for(output_infos):
        graph = helper.make_graph(
            nodes,
            "case",
            [info(key, array) for key, array in inputs.items()],
            output_infos,
            [numpy_helper.from_array(array, key) for key, array in constants.items()],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 19 else 9)

    bare = model_for([helper.make_empty_tensor_value_info(key) for key in outputs])
    inferred = {v.name: v for v in onnx.shape_inference.infer_shapes(bare).graph.output}

    def run_runtime():
        types = {key: inferred[key].type.tensor_type.elem_type or TensorProto.FLOAT for key in outputs}
        whole = model_for([helper.make_tensor_value_info(key, types[key], None) for key in outputs])
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(whole.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(outputs, inputs)

    expected, other = None, None
    if onnxruntime:
        try:
            other = run_runtime()
        except Exception as error:
            print(f"{name}: onnxruntime does not run it: {str(error)[:120]}")
    if by == "reference":
        try:
            expected = ReferenceEvaluator(bare).run(outputs, inputs)
        except RuntimeError as error:
            print(f"{name}: the reference does not run it: {str(error)[:120]}")
    if expected is None:
        expected = other
    if other is not None:
        for one, two in zip(expected, other):
            if one.shape != two.shape or not np.allclose(one.astype(np.float64), two.astype(np.float64), 1e-4, 1e-5, equal_nan=True):
                print(f"{name}: the reference and onnxruntime differ\n{one.ravel()[:12]}\n{two.ravel()[:12]} {one.shape} {two.shape}")
    # Types and ranks as shape inference knows them; sizes as they were computed.
    infos = [
        helper.make_tensor_value_info(key, helper.np_dtype_to_tensor_dtype(array.dtype), (symbols or {}).get(key, array.shape))
        for key, array in zip(outputs, expected)
    ]
    model = model_for(infos)
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        # GroupNormalization of opset 18 was withdrawn later, and files have it.
        assert "deprecated" in str(error), error

    def listed(array):
        values = array.astype(np.float64).ravel().tolist()
        return {"shape": list(array.shape), "data": [str(v) if not np.isfinite(v) else float(f"{v:.7g}") for v in values]}

    CASES.append(
        {
            "name": f"{name}, opset {opset}",
            "operators": sorted({n.op_type for n in nodes}),
            "model": base64.b64encode(model.SerializeToString()).decode(),
            "inputs": {key: listed(array) for key, array in inputs.items()},
            "outputs": {key: listed(array) for key, array in zip(outputs, expected)},
            "tolerance": tolerance,
        }
    )


X = numbers(1, 2, 5, 6)


def convolutions():
    w, b = numbers(4, 2, 3, 3, seed=2), numbers(4, seed=3)
    for opset in (7, 11, 22):
        case("Conv", opset, node("Conv", "x w b", strides=[2, 1], pads=[1, 0, 2, 1], dilations=[1, 2]), {"x": X}, {"w": w, "b": b})
    case("Conv, SAME_UPPER", 11, node("Conv", "x w", auto_pad="SAME_UPPER", strides=[2, 2]), {"x": X}, {"w": w})
    case("Conv, SAME_LOWER", 11, node("Conv", "x w", auto_pad="SAME_LOWER", strides=[2, 2]), {"x": X}, {"w": w}, by="onnxruntime")
    case("Conv, VALID", 11, node("Conv", "x w", auto_pad="VALID", kernel_shape=[3, 3]), {"x": X}, {"w": w})
    case("Conv, depthwise", 11, node("Conv", "x w", group=2), {"x": X}, {"w": numbers(4, 1, 3, 3, seed=4)})
    case("Conv, 1-D", 11, node("Conv", "x w"), {"x": numbers(2, 2, 7)}, {"w": numbers(3, 2, 3, seed=5)})
    case("Conv, 3-D", 11, node("Conv", "x w", pads=[1] * 6), {"x": numbers(1, 2, 3, 3, 4)}, {"w": numbers(2, 2, 2, 3, 2, seed=6)})
    case("Conv of weights that are an input", 11, node("Conv", "x w"), {"x": X, "w": w})
    t, u = numbers(1, 2, 3, 4), numbers(2, 3, 3, 3, seed=7)
    for opset in (7, 11, 22):
        case("ConvTranspose", opset, node("ConvTranspose", "x w b", strides=[2, 2], pads=[1, 0, 1, 2], output_padding=[1, 0]), {"x": t}, {"w": u, "b": numbers(3, seed=8)})
    case("ConvTranspose, dilations", 11, node("ConvTranspose", "x w", dilations=[2, 1], strides=[1, 2]), {"x": t}, {"w": u})
    case("ConvTranspose, group", 11, node("ConvTranspose", "x w", group=2, strides=[2, 2]), {"x": t}, {"w": numbers(2, 1, 2, 2, seed=9)}, by="onnxruntime")
    case("ConvTranspose, output_shape", 11, node("ConvTranspose", "x w", strides=[3, 2], output_shape=[8, 8]), {"x": t}, {"w": u}, by="onnxruntime")
    case("ConvTranspose, SAME_UPPER", 11, node("ConvTranspose", "x w", strides=[2, 2], auto_pad="SAME_UPPER"), {"x": t}, {"w": u})
    case("ConvTranspose, SAME_LOWER", 11, node("ConvTranspose", "x w", strides=[2, 2], auto_pad="SAME_LOWER"), {"x": t}, {"w": u})
    d = {"x": numbers(1, 2, 4, 4), "offset": numbers(1, 8, 3, 3, seed=10) / 4, "mask": numbers(1, 4, 3, 3, seed=11)}
    for opset in (19, 22):
        case("DeformConv", opset, node("DeformConv", "x w offset b mask", kernel_shape=[2, 2]), d, {"w": numbers(2, 2, 2, 2, seed=12), "b": numbers(2, seed=13)}, by="reference")


def pooling():
    for opset in (7, 10, 22):
        case("MaxPool", opset, node("MaxPool", "x", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]), {"x": X})
    case("MaxPool, steps of 1", 7, node("MaxPool", "x", kernel_shape=[2, 2]), {"x": X})
    case("MaxPool, ceil_mode", 12, node("MaxPool", "x", kernel_shape=[2, 2], strides=[2, 4], ceil_mode=1), {"x": X})
    case("MaxPool, dilations", 12, node("MaxPool", "x", kernel_shape=[2, 2], dilations=[2, 3]), {"x": X})
    case("MaxPool, SAME_UPPER", 12, node("MaxPool", "x", kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_UPPER"), {"x": X})
    case("MaxPool, SAME_LOWER", 12, node("MaxPool", "x", kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_LOWER"), {"x": X}, by="onnxruntime")
    distinct = np.random.RandomState(1).permutation(60).reshape(1, 2, 5, 6).astype(np.float32)
    case("MaxPool, indices", 12, node("MaxPool", "x", "y i", kernel_shape=[2, 2], strides=[2, 2]), {"x": distinct}, outputs=["y", "i"], by="onnxruntime")
    case("MaxUnpool", 11, [node("MaxPool", "x", "p i", kernel_shape=[2, 2], strides=[2, 2]), node("MaxUnpool", "p i", kernel_shape=[2, 2], strides=[2, 2])], {"x": np.ascontiguousarray(distinct[:, :, :4, :])}, by="onnxruntime")
    for opset in (7, 11, 22):
        case("AveragePool", opset, node("AveragePool", "x", kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]), {"x": X}, by="onnxruntime")
    case("AveragePool, count_include_pad", 11, node("AveragePool", "x", kernel_shape=[3, 2], pads=[1, 0, 1, 1], count_include_pad=1), {"x": X}, by="onnxruntime")
    case("AveragePool, ceil_mode", 19, node("AveragePool", "x", kernel_shape=[2, 2], strides=[2, 4], ceil_mode=1), {"x": X}, by="onnxruntime")
    case("AveragePool, dilations", 19, node("AveragePool", "x", kernel_shape=[2, 2], dilations=[2, 3]), {"x": X}, by="onnxruntime")
    case("AveragePool, SAME_UPPER", 11, node("AveragePool", "x", kernel_shape=[2, 3], strides=[2, 2], auto_pad="SAME_UPPER"), {"x": X}, by="onnxruntime")
    case("LpPool", 11, node("LpPool", "x", kernel_shape=[2, 2], p=3, pads=[1, 0, 0, 1]), {"x": X}, by="onnxruntime")
    case("LpPool, ceil_mode", 18, node("LpPool", "x", kernel_shape=[2, 2], strides=[2, 4], ceil_mode=1), {"x": X}, by="onnxruntime")
    for op in ("GlobalAveragePool", "GlobalMaxPool"):
        case(op, 7, node(op, "x"), {"x": X})
    case("GlobalLpPool", 7, node("GlobalLpPool", "x", p=3), {"x": X}, by="onnxruntime")


def normalisation():
    p = {"scale": numbers(2, seed=2), "b": numbers(2, seed=3), "mean": numbers(2, seed=4), "var": numbers(2, seed=5, positive=True)}
    for opset in (7, 9, 14, 15):
        case("BatchNormalization", opset, node("BatchNormalization", "x scale b mean var", epsilon=0.01), {"x": X}, p, by="onnxruntime")
    two = {k: p[k] for k in ("scale", "b")}
    for opset in (7, 22):
        case("InstanceNormalization", opset, node("InstanceNormalization", "x scale b", epsilon=0.01), {"x": X}, two)
    g = numbers(1, 4, 3, 3)
    case("GroupNormalization", 18, node("GroupNormalization", "x scale b", num_groups=2), {"x": g}, two)
    case("GroupNormalization", 21, node("GroupNormalization", "x scale b", num_groups=2), {"x": g}, {"scale": numbers(4, seed=2), "b": numbers(4, seed=3)})
    case("LayerNormalization", 17, node("LayerNormalization", "x scale b", axis=-2), {"x": numbers(2, 3, 4)}, {"scale": numbers(3, 4, seed=2), "b": numbers(3, 4, seed=3)})
    case("LayerNormalization, one scale for each column", 17, node("LayerNormalization", "x scale", axis=1), {"x": numbers(2, 3, 4)}, {"scale": numbers(4, seed=2)}, by="onnxruntime")
    case("LRN", 7, node("LRN", "x", size=3, alpha=0.5, beta=0.6, bias=2.0), {"x": numbers(1, 6, 2, 3)}, by="onnxruntime")
    for order in (1, 2):
        case(f"LpNormalization, {order}", 7, node("LpNormalization", "x", p=order, axis=1), {"x": numbers(2, 3, 2, positive=True)})


def elementwise():
    v = numbers(2, 3, 4)
    for op in ("Abs", "Ceil", "Erf", "Exp", "Floor", "Neg", "Round", "Sign", "Relu", "Sigmoid", "Tanh", "Softplus", "Softsign"):
        case(op, 13, node(op, "x"), {"x": v})
    for op in ("Log", "Sqrt", "Reciprocal"):
        case(op, 13, node(op, "x"), {"x": numbers(2, 3, positive=True)})
    case("Mish", 18, node("Mish", "x"), {"x": v})
    case("HardSwish", 14, node("HardSwish", "x"), {"x": v})
    for approximate in ("none", "tanh"):
        case(f"Gelu, {approximate}", 20, node("Gelu", "x", approximate=approximate), {"x": v})
    case("LeakyRelu", 7, node("LeakyRelu", "x", alpha=0.2), {"x": v})
    case("Elu", 7, node("Elu", "x", alpha=0.5), {"x": v})
    case("Selu", 7, node("Selu", "x"), {"x": v})
    case("Selu, parameters", 7, node("Selu", "x", alpha=1.25, gamma=0.5), {"x": v})
    case("Celu", 12, node("Celu", "x", alpha=1.5), {"x": v})
    case("HardSigmoid", 7, node("HardSigmoid", "x"), {"x": v})
    case("HardSigmoid, parameters", 7, node("HardSigmoid", "x", alpha=0.25, beta=0.4), {"x": v})
    case("ThresholdedRelu", 10, node("ThresholdedRelu", "x", alpha=0.5), {"x": v})
    case("Shrink", 9, node("Shrink", "x", lambd=1.5, bias=0.5), {"x": v})
    case("PRelu", 9, node("PRelu", "x s"), {"x": X}, {"s": numbers(2, 1, 1, seed=2)})
    case("PRelu, a vector along the last axis", 9, node("PRelu", "x s"), {"x": numbers(1, 3, 2, 3)}, {"s": numbers(3, seed=2)})
    for opset in (7, 14):
        for op in ("Add", "Sub", "Mul"):
            case(op, opset, node(op, "x z"), {"x": v, "z": numbers(3, 1, seed=2)})
    case("Div", 14, node("Div", "x z"), {"x": v, "z": numbers(4, seed=2, positive=True)})
    case("Pow", 13, node("Pow", "x z"), {"x": numbers(2, 3, positive=True)}, {"z": np.array([2, 0.5, 3], np.float32)})
    case("Pow, integer exponents", 13, node("Pow", "x z"), {"x": v}, {"z": ints(0, 1, 2, 3)})
    for op in ("Min", "Max", "Sum", "Mean"):
        case(op, 13, node(op, "x z v"), {"x": v, "z": numbers(4, seed=2), "v": numbers(3, 1, seed=3)})
    case("Clip, attributes", 6 + 1, node("Clip", "x", min=-1.0, max=2.0), {"x": v})
    case("Clip, inputs", 13, node("Clip", "x lo hi"), {"x": v}, {"lo": np.array(-1, np.float32), "hi": np.array(2, np.float32)})
    case("Clip, infinite", 7, node("Clip", "x", min=float("-inf"), max=2.0), {"x": v})
    case("Clip, one input", 13, node("Clip", "x - hi"), {"x": v}, {"hi": np.array(2, np.float32)})
    case("Clip, bounds that are inputs", 13, node("Clip", "x lo"), {"x": v, "lo": np.array(-1, np.float32)})
    integers = np.round(v)
    other = np.round(numbers(2, 3, 4, seed=2))
    for op in ("Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"):
        case(op, 16, [node(op, "x z", "c"), node("Cast", "c", to=1)], {"x": integers, "z": other})
    for op in ("And", "Or", "Xor"):
        case(op, 13, [node("Greater", "x z", "a"), node("Less", "x h", "b"), node(op, "a b", "c"), node("Cast", "c", to=1)], {"x": integers, "z": other}, {"h": np.array(1, np.float32)})
    case("Not", 13, [node("Greater", "x z", "a"), node("Not", "a", "c"), node("Cast", "c", to=1)], {"x": integers, "z": other})
    case("Where", 16, [node("Greater", "x z", "a"), node("Where", "a x z")], {"x": integers, "z": other})
    case("Where, a known condition", 9, node("Where", "c x z"), {"x": v, "z": other}, {"c": np.array([True, False, True, False])})
    case("Cast to an integer and back", 13, [node("Cast", "x", "i", to=7), node("Cast", "i", to=1)], {"x": v})
    case("Cast to a boolean", 13, [node("Cast", "x", "i", to=9), node("Cast", "i", to=1)], {"x": integers})
    case("Mod of sizes", 13, [node("Shape", "x", "s"), node("Mod", "s m", "r"), node("Expand", "z r")], {"x": X, "z": numbers(1)}, {"m": ints(3, 2, 3, 4)}, outputs=["y"])


def shapes():
    v = numbers(2, 3, 4)
    for opset in (7, 14):
        case("Reshape", opset, node("Reshape", "x s"), {"x": v}, {"s": ints(0, -1, 2)})
    case("Flatten", 9, node("Flatten", "x", axis=2), {"x": v})
    case("Flatten, from the end", 13, node("Flatten", "x", axis=-2), {"x": v})
    s = numbers(1, 3, 1, 4)
    case("Squeeze, attribute", 11, node("Squeeze", "x", axes=[0, 2]), {"x": s})
    case("Squeeze, input", 13, node("Squeeze", "x a"), {"x": s}, {"a": ints(-2)})
    case("Squeeze, all", 13, node("Squeeze", "x"), {"x": s})
    case("Unsqueeze, attribute", 11, node("Unsqueeze", "x", axes=[0, 3]), {"x": v})
    case("Unsqueeze, input", 13, node("Unsqueeze", "x a"), {"x": v}, {"a": ints(-1, 1)})
    case("Expand", 13, node("Expand", "x s"), {"x": numbers(3, 1)}, {"s": ints(2, 1, 4)})
    case("Tile", 13, node("Tile", "x r"), {"x": v}, {"r": ints(1, 2, 3)})
    case("Transpose", 13, node("Transpose", "x", perm=[2, 0, 1]), {"x": v})
    case("Transpose, all", 13, node("Transpose", "x"), {"x": v})
    case("Concat", 13, node("Concat", "x z", axis=-2), {"x": v, "z": numbers(2, 1, 4, seed=2)})
    case("Concat with a constant", 13, node("Concat", "x z", axis=1), {"x": v}, {"z": numbers(2, 1, 4, seed=2)})
    case("Split, attribute", 11, node("Split", "x", "y z", axis=2, split=[1, 3]), {"x": v}, outputs=["y", "z"])
    case("Split, input", 13, node("Split", "x s", "y z", axis=2), {"x": v}, {"s": ints(3, 1)}, outputs=["y", "z"])
    case("Split, equal", 13, node("Split", "x", "y z", axis=2), {"x": v}, outputs=["y", "z"])
    case("Split, num_outputs", 18, node("Split", "x", "y z w", axis=2, num_outputs=3), {"x": numbers(2, 3, 5)}, outputs=["y", "z", "w"])
    case("Slice, attributes", 9, node("Slice", "x", starts=[1, -3], ends=[9, -1], axes=[1, 2]), {"x": v})
    case("Slice, inputs", 13, node("Slice", "x s e a t"), {"x": v}, {"s": ints(-1, 0), "e": ints(-(2**63), 2**63 - 1), "a": ints(2, 1), "t": ints(-2, 2)})
    case("Gather, one place", 13, node("Gather", "x i", axis=1), {"x": v}, {"i": ints(2).reshape(())})
    case("Gather, places", 13, node("Gather", "x i", axis=2), {"x": v}, {"i": ints(3, -4, 1, 1, 0).reshape(1, 5)})
    for opset, modes in ((10, ["constant", "reflect", "edge"]),):
        for mode in modes:
            case(f"Pad, {mode}, attributes", opset, node("Pad", "x", mode=mode, pads=[0, 1, 2, 1, 0, 1], **({"value": 1.5} if mode == "constant" else {})), {"x": v}, by="onnxruntime")
    for mode in ("constant", "reflect", "edge"):
        case(f"Pad, {mode}", 13, node("Pad", "x p c" if mode == "constant" else "x p", mode=mode), {"x": v}, {"p": ints(0, 1, 2, 1, 0, 1), **({"c": np.array(1.5, np.float32)} if mode == "constant" else {})})
    case("Pad, wrap", 19, node("Pad", "x p", mode="wrap"), {"x": v}, {"p": ints(0, 1, 2, 1, 0, 1)})
    case("Pad, axes", 18, node("Pad", "x p - a"), {"x": v}, {"p": ints(1, 2), "a": ints(-1)})
    case("Pad, negative", 13, node("Pad", "x p"), {"x": v}, {"p": ints(0, -1, 0, 0, 0, -2)}, by="onnxruntime")
    q = numbers(1, 8, 2, 3)
    case("DepthToSpace", 7, node("DepthToSpace", "x", blocksize=2), {"x": q})
    for mode in ("DCR", "CRD"):
        case(f"DepthToSpace, {mode}", 13, node("DepthToSpace", "x", blocksize=2, mode=mode), {"x": q})
    case("SpaceToDepth", 13, node("SpaceToDepth", "x", blocksize=2), {"x": numbers(1, 2, 4, 6)})
    case("Identity", 14, node("Identity", "x"), {"x": v})
    case("An input that is an output, and a known output", 14, [node("Identity", "x"), node("Identity", "c", "k")], {"x": v}, {"c": numbers(2, seed=2)}, outputs=["y", "k"])
    case("Dropout", 7, node("Dropout", "x", ratio=0.5), {"x": v})
    case("Dropout", 12, node("Dropout", "x r"), {"x": v}, {"r": np.array(0.5, np.float32)})
    case("ConstantOfShape", 9, [node("Shape", "x", "s"), node("ConstantOfShape", "s", "c", value=helper.make_tensor("v", 1, [1], [2.5])), node("Add", "x c")], {"x": v})
    case("Constant", 13, [node("Constant", [], "a", value_float=1.5), node("Constant", [], "b", value_floats=[1.0, 2.0, 3.0, 4.0]), node("Add", "x a", "s"), node("Mul", "s b")], {"x": v})
    case("Constant, integers", 13, [node("Constant", [], "a", value_ints=[4, -1]), node("Reshape", "x a")], {"x": v})
    case("Size", 13, [node("Size", "x", "n"), node("Constant", [], "o", value_ints=[1]), node("Reshape", "n o", "s"), node("Reshape", "x s")], {"x": v})
    case("Shape, a part", 15, [node("Shape", "x", "s", start=-2, end=-1), node("Expand", "z s")], {"x": X, "z": numbers(1)})
    # What PyTorch makes of x.view(x.shape[0], -1, x.shape[2] * 2), and of interpolate to twice the size.
    half = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n"),
        node("Gather", "s two", "h"),
        node("Mul", "h two", "hh"),
        node("Unsqueeze", "n axis", "nn"),
        node("Unsqueeze", "hh axis", "hhh"),
        node("Concat", "nn minus hhh", "t", axis=0),
        node("Reshape", "x t"),
    ]
    case("Reshape by arithmetic on sizes", 13, half, {"x": numbers(1, 4, 3, 3)}, {"zero": np.array(0, np.int64), "two": np.array(2, np.int64), "axis": ints(0), "minus": ints(-1)}, symbols={"x": ("n", 4, "h", "w"), "y": ("n", "c", "k")})
    grow = [
        node("Shape", "x", "s"),
        node("Slice", "s from to", "hw"),
        node("Cast", "hw", "f", to=1),
        node("Mul", "f k", "g"),
        node("Floor", "g", "q"),
        node("Cast", "q", "c", to=7),
        node("Slice", "s nought from", "nc"),
        node("Concat", "nc c", "sizes", axis=0),
        node("Resize", "x - - sizes", mode="linear"),
    ]
    case("Resize by arithmetic on sizes", 13, grow, {"x": numbers(1, 1, 3, 4)}, {"from": ints(2), "to": ints(4), "nought": ints(0), "k": np.array(1.5, np.float32)}, symbols={"x": ("n", 1, "h", "w"), "y": ("n", 1, "k", "l")})
    case("Range, Where, Equal, Min, Max and ReduceProd of sizes", 13, [
        node("Shape", "x", "s"),
        node("ReduceProd", "s", "p", keepdims=1),
        node("Equal", "s three", "e"),
        node("Where", "e one s", "t"),
        node("Max", "t one", "m"),
        node("Min", "m three", "l"),
        node("Range", "nought two unit", "r"),
        node("Cast", "r", "rf", to=1),
        node("Expand", "z l", "w"),
        node("Add", "w rf", "v"),
        node("Cast", "p", "pf", to=1),
        node("Mul", "v pf"),
    ], {"x": v, "z": numbers(1, 1, 1)}, {"one": ints(1), "three": ints(3), "nought": np.array(0, np.int64), "two": np.array(3, np.int64), "unit": np.array(1, np.int64)})


def resizing():
    r = numbers(1, 1, 3, 4)
    up, down = np.array([1, 1, 2, 1.5], np.float32), np.array([1, 1, 0.6, 0.5], np.float32)
    for mode in ("nearest", "linear"):
        case(f"Upsample, {mode}, attribute", 7, node("Upsample", "x", mode=mode, scales=[1.0, 1.0, 2.0, 3.0]), {"x": r}, by="onnxruntime")
        case(f"Upsample, {mode}, input", 9, node("Upsample", "x s", mode=mode), {"x": r}, {"s": np.array([1, 1, 2, 3], np.float32)}, by="onnxruntime")
        case(f"Resize, {mode}, larger", 10, node("Resize", "x s", mode=mode), {"x": r}, {"s": np.array([1, 1, 2, 3], np.float32)}, by="onnxruntime")
        case(f"Resize, {mode}, smaller", 10, node("Resize", "x s", mode=mode), {"x": numbers(1, 1, 6, 6)}, {"s": down}, by="onnxruntime")
    for place in ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"):
        for mode in ("nearest", "linear", "cubic"):
            by = "onnxruntime"
            case(f"Resize, {mode}, {place}", 13, node("Resize", "x - s", mode=mode, coordinate_transformation_mode=place), {"x": r}, {"s": up}, by=by)
    case("Resize, half_pixel_symmetric", 19, node("Resize", "x - s", mode="linear", coordinate_transformation_mode="half_pixel_symmetric"), {"x": r}, {"s": down})
    # No place lies on a cell, where runtimes that divide by a rounded scale take either neighbour.
    apart = np.array([1, 1, 0.55, 0.5], np.float32)
    for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"):
        case(f"Resize, {rounding}", 11, node("Resize", "x e s", mode="nearest", nearest_mode=rounding), {"x": numbers(1, 1, 6, 6)}, {"s": apart, "e": np.zeros(0, np.float32)}, by="onnxruntime")
    for rounding in ("round_prefer_floor", "floor"):
        case(f"Resize, tf_half_pixel_for_nn, {rounding}", 11, node("Resize", "x e s", mode="nearest", nearest_mode=rounding, coordinate_transformation_mode="tf_half_pixel_for_nn"), {"x": numbers(1, 1, 6, 6)}, {"s": down, "e": np.zeros(0, np.float32)}, by="onnxruntime")
    sizes = ints(1, 1, 5, 3)
    for opset in (11, 13, 18, 19):
        case("Resize, sizes", opset, node("Resize", "x - - t" if opset > 11 else "x e e t", mode="linear"), {"x": r}, {"t": sizes, **({"e": np.zeros(0, np.float32)} if opset == 11 else {})}, by="onnxruntime")
    case("Resize, cubic_coeff_a and exclude_outside", 13, node("Resize", "x - s", mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1), {"x": r}, {"s": up}, by="onnxruntime")
    case("Resize, antialias", 18, node("Resize", "x - s", mode="linear", antialias=1), {"x": numbers(1, 1, 6, 6)}, {"s": down})
    case("Resize, axes", 18, node("Resize", "x - - t", mode="linear", axes=[3, 2]), {"x": r}, {"t": ints(5, 6)})
    for policy in ("not_larger", "not_smaller"):
        case(f"Resize, {policy}", 18, node("Resize", "x - - t", mode="nearest", axes=[2, 3], keep_aspect_ratio_policy=policy), {"x": r}, {"t": ints(6, 6)})
    case("Resize, tf_crop_and_resize", 13, node("Resize", "x roi - t", mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=2.0), {"x": r}, {"roi": np.array([0, 0, 0.25, -0.5, 1, 1, 0.75, 1.25], np.float32), "t": ints(1, 1, 4, 5)})
    case("Resize of channels last", 13, node("Resize", "x - s", mode="linear"), {"x": numbers(1, 3, 4, 2)}, {"s": np.array([1, 2, 1.5, 1], np.float32)}, by="reference")
    case("Resize of a matrix", 13, node("Resize", "x - s", mode="linear"), {"x": numbers(3, 4)}, {"s": np.array([2, 1.5], np.float32)}, by="reference")
    case("Resize of a volume", 13, node("Resize", "x - s", mode="linear"), {"x": numbers(1, 1, 2, 3, 3)}, {"s": np.array([1, 1, 2, 2, 2], np.float32)}, by="reference")


def reductions():
    v = numbers(2, 3, 4, positive=True)
    for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"):
        case(f"{op}, attribute", 11, node(op, "x", axes=[-1, 0], keepdims=0), {"x": v}, by="onnxruntime")
        case(f"{op}, input", 18, node(op, "x a"), {"x": v}, {"a": ints(1)})
        case(f"{op}, all", 11, node(op, "x"), {"x": v}, by="onnxruntime")
    case("ReduceSum, input", 13, node("ReduceSum", "x a", keepdims=0), {"x": v}, {"a": ints(1)})
    case("ReduceMean, noop_with_empty_axes", 18, node("ReduceMean", "x", noop_with_empty_axes=1), {"x": v})
    tied = np.array([[1, 3, 3, 0], [2, 2, -1, 2]], np.float32)
    for op in ("ArgMax", "ArgMin"):
        case(op, 13, node(op, "x", axis=1, keepdims=0), {"x": tied})
        case(f"{op}, the last", 12, node(op, "x", axis=-1, select_last_index=1), {"x": tied})
    for op in ("Softmax", "LogSoftmax"):
        case(f"{op}, from an axis on", 11, node(op, "x"), {"x": numbers(2, 3, 4)}, by="onnxruntime")
        case(f"{op}, along the last axis", 11, node(op, "x", axis=2), {"x": numbers(2, 3, 4)}, by="onnxruntime")
        case(op, 13, node(op, "x"), {"x": numbers(2, 3, 4)})
        case(f"{op}, along an axis", 13, node(op, "x", axis=1), {"x": numbers(2, 3, 4)})


def products():
    a, b, c = numbers(3, 4), numbers(4, 2, seed=2), numbers(2, seed=3)
    case("Gemm", 7, node("Gemm", "a b c"), {"a": a}, {"b": b, "c": c})
    case("Gemm, alpha and beta", 11, node("Gemm", "a b c", alpha=0.5, beta=-2.0), {"a": a}, {"b": b, "c": c})
    case("Gemm, transB", 13, node("Gemm", "a b c", transB=1, alpha=0.5), {"a": a}, {"b": np.ascontiguousarray(b.T), "c": c.reshape(1, 2)})
    case("Gemm, transA", 13, node("Gemm", "a b c", transA=1, alpha=0.5, beta=0.25), {"a": np.ascontiguousarray(a.T)}, {"b": b, "c": numbers(3, 1, seed=4)})
    case("Gemm, without c", 13, node("Gemm", "a b"), {"a": a, "b": b})
    case("MatMul", 9, node("MatMul", "a b"), {"a": numbers(2, 3, 4)}, {"b": b})
    case("MatMul of batches", 13, node("MatMul", "a b"), {"a": numbers(2, 1, 3, 4), "b": numbers(3, 4, 2, seed=2)})
    case("MatMul of a vector", 13, node("MatMul", "a b"), {"a": numbers(4), "b": b})


def tables():
    """What is computed from places."""
    for name, attributes in {"": {}, ", lower": {"upper": 0}}.items():
        for k in ({}, {"k": ints(1)[0]}, {"k": ints(-1)[0]}):
            case(f"Trilu{name}, {list(k.values())}", 14, node("Trilu", "x k" if k else "x", **attributes), {"x": numbers(2, 3, 4)}, {a: np.array(b) for a, b in k.items()})
    case("Trilu of a constant", 14, [node("Trilu", "c", "t"), node("Add", "x t")], {"x": numbers(3, 3)}, {"c": numbers(3, 3, seed=2)})
    for name, attributes in {"": {}, ", exclusive": {"exclusive": 1}, ", reverse": {"reverse": 1}, ", both": {"reverse": 1, "exclusive": 1}}.items():
        for axis in (1, -1):
            case(f"CumSum{name}, axis {axis}", 14, node("CumSum", "x a", **attributes), {"x": numbers(2, 3, 4)}, {"a": ints(axis)[0].reshape(())})
        case(f"CumSum of a constant{name}", 11, [node("CumSum", "c a", "t", **attributes), node("Add", "x t")], {"x": numbers(2, 3)}, {"c": numbers(2, 3, seed=2), "a": ints(0)[0].reshape(())})
    for op in ("Sin", "Cos"):
        case(op, 7, [node(op, "c", "t"), node("Add", "x t")], {"x": numbers(2, 3)}, {"c": numbers(2, 3, seed=2)})
    for opset in (9, 13):
        case("MeanVarianceNormalization", opset, node("MeanVarianceNormalization", "x"), {"x": X})
    case("MeanVarianceNormalization, axes", 13, node("MeanVarianceNormalization", "x", axes=[1, 3]), {"x": X})


def quantisation():
    q = np.array([[0, 100, 255], [7, 128, 30]], np.uint8)
    s, z = np.array(0.5, np.float32), np.array(128, np.uint8)
    case("DequantizeLinear of a constant", 10, [node("DequantizeLinear", "q s z", "d"), node("Add", "x d")], {"x": numbers(2, 3)}, {"q": q, "s": s, "z": z})
    case("DequantizeLinear along an axis", 13, [node("DequantizeLinear", "q s z", "d", axis=0), node("Add", "x d")], {"x": numbers(2, 3)}, {"q": q.astype(np.int8), "s": np.array([0.5, 0.25], np.float32), "z": np.array([3, -4], np.int8)})
    case("DequantizeLinear of an input", 13, node("DequantizeLinear", "x s z"), {"x": q}, {"s": s, "z": z})
    case("QuantizeLinear and back", 13, [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z")], {"x": numbers(2, 3) * 30}, {"s": s, "z": z})
    case("QuantizeLinear, output_dtype", 21, [node("QuantizeLinear", "x s", "q", output_dtype=3), node("Cast", "q", to=1)], {"x": numbers(2, 3) * 30}, {"s": s})
    case("QuantizeLinear, signed, along an axis", 13, [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z")], {"x": numbers(2, 3) * 30}, {"s": np.array([0.5, 1, 0.25], np.float32), "z": np.array([0, 3, -4], np.int8)})
    x, w = q.reshape(1, 1, 2, 3), np.array([[[[1, -2], [30, 4]]], [[[-128, 5], [0, 127]]]], np.int8)
    scales = {"xs": np.array(0.04, np.float32), "xz": np.array(118, np.uint8), "ws": np.array([0.011, 0.03], np.float32), "wz": np.array([0, 0], np.int8)}
    to = {"ys": np.array(0.21, np.float32), "yz": np.array(100, np.uint8)}
    windows = {"pads": [1, 1, 0, 0]}
    back = node("DequantizeLinear", "q ys yz")
    bias = {"b": np.array([1000, -321], np.int32)}
    case("QLinearConv", 10, [node("QLinearConv", "x xs xz w ws wz ys yz b", "q", **windows), back], {"x": x}, {"w": w, **scales, **to, **bias})
    signed = {"xz": np.array(-3, np.int8), "wz": np.array([2, 2], np.int8), "yz": np.array(-5, np.int8), "ws": np.array([0.02, 0.02], np.float32)}
    case("QLinearConv, signed", 10, [node("QLinearConv", "x xs xz w ws wz ys yz", "q", strides=[1, 2]), back], {"x": (x.astype(np.int16) - 128).astype(np.int8)}, {"w": w, **scales, **to, **signed})
    for opset in (10, 21):
        case("QLinearMatMul", opset, [node("QLinearMatMul", "x xs xz w ws wz ys yz", "q"), back], {"x": q}, {"w": w.reshape(4, 2)[:3], **scales, **to, "ws": np.array([0.011], np.float32), "wz": np.array([3], np.int8)})
    case("ConvInteger", 10, [node("ConvInteger", "x w xz wz", "q", **windows), node("Cast", "q", to=1)], {"x": x}, {"w": w[:1].astype(np.uint8), "xz": np.array(118, np.uint8), "wz": np.array(7, np.uint8)})
    case("MatMulInteger", 10, [node("MatMulInteger", "x w xz wz", "q"), node("Cast", "q", to=1)], {"x": q}, {"w": w.reshape(4, 2)[:3], "xz": np.array(118, np.uint8), "wz": np.array([3, -4], np.int8)})
    case("MatMulInteger of inputs", 10, [node("MatMulInteger", "x w", "q"), node("Cast", "q", to=1)], {"x": q, "w": w.reshape(4, 2)[:3]})
    for name, values in {"": numbers(2, 3) * 3.1, " of what is positive": numbers(2, 3, positive=True)}.items():
        case("DynamicQuantizeLinear" + name, 11, [node("DynamicQuantizeLinear", "x", "q s z"), node("DequantizeLinear", "q s z"), node("Cast", "z", "zero", to=1)], {"x": values.astype(np.float32)}, outputs=["y", "s", "zero"])


def sampling():
    grid = numbers(1, 3, 3, 2, seed=2) / 3 + np.float32(0.01)
    for opset, modes in ((16, ["bilinear", "nearest", "bicubic"]), (20, ["linear", "nearest", "cubic"])):
        for mode in modes:
            case(f"GridSample, {mode}", opset, node("GridSample", "x g", mode=mode), {"x": X, "g": grid}, by="onnxruntime")
    for padding in ("border", "reflection"):
        case(f"GridSample, {padding}", 16, node("GridSample", "x g", padding_mode=padding, align_corners=1), {"x": X, "g": grid}, by="onnxruntime")
    rois = {"x": X, "rois": np.array([[0, 0, 4, 3], [1, 1, 5, 4]], np.float32)}
    case("RoiAlign", 10, node("RoiAlign", "x rois i", output_height=2, output_width=2, sampling_ratio=2, spatial_scale=0.5), rois, {"i": ints(0, 0)}, by="onnxruntime")
    case("RoiAlign, half_pixel", 16, node("RoiAlign", "x rois i", output_height=2, output_width=3, sampling_ratio=2), rois, {"i": ints(0, 0)}, by="onnxruntime")
    case("RoiAlign, max", 16, node("RoiAlign", "x rois i", output_height=2, output_width=2, sampling_ratio=1, mode="max", coordinate_transformation_mode="output_half_pixel"), rois, {"i": ints(0, 0)}, by="onnxruntime")


def encodings():
    """The ways in which a file holds a tensor."""
    b = np.array([[1, -2, 3], [4, 5, -6]], np.float32)
    for name, tensor in {
        "float_data": helper.make_tensor("b", TensorProto.FLOAT, b.shape, b.ravel()),
        "raw_data": numpy_helper.from_array(b, "b"),
        "float16, int32_data": helper.make_tensor("b", TensorProto.FLOAT16, b.shape, b.ravel()),
        "float16, raw_data": numpy_helper.from_array(b.astype(np.float16), "b"),
        "bfloat16": helper.make_tensor("b", TensorProto.BFLOAT16, b.shape, b.ravel()),
        "double_data": helper.make_tensor("b", TensorProto.DOUBLE, b.shape, b.ravel()),
        "double, raw_data": numpy_helper.from_array(b.astype(np.float64), "b"),
        **{str(dtype.__name__) + which: make for dtype in (np.int8, np.int16, np.int32, np.int64) for which, make in {
            ", typed": helper.make_tensor("b", helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), b.shape, b.ravel().astype(dtype)),
            ", raw": numpy_helper.from_array(b.astype(dtype), "b")}.items()},
        **{str(dtype.__name__) + which: make for dtype in (np.uint8, np.uint16, np.uint32, np.uint64, np.bool_) for which, make in {
            ", typed": helper.make_tensor("b", helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), b.shape, np.abs(b).ravel().astype(dtype)),
            ", raw": numpy_helper.from_array(np.abs(b).astype(dtype), "b")}.items()},
    }.items():
        nodes = [helper.make_node("Constant", [], ["b"], value=tensor), node("Cast", "b", "f", to=1), node("Add", "x f")]
        case(f"Constant, {name}", 13, nodes, {"x": numbers(2, 3)})


for group in (convolutions, pooling, normalisation, elementwise, shapes, resizing, reductions, products, tables, quantisation, sampling, encodings):
    group()

folder = Path(__file__).parent
with open(folder / "goldens.json", "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in CASES) + "\n]\n")
print(len(CASES), "cases")
