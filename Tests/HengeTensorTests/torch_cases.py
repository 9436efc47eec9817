# SPDX-License-Identifier: MIT
"""Writes Golden/torch_cases.safetensors: what PyTorch gives for small cases, and their gradients.

Of each case: operands `in0`, `in1`, …, the result `out`, a gradient `seed` at the result and the
gradients `grad0`, … that it sends back. Run with PyTorch 2.15; TorchCaseTests.swift has the same
cases under the same names.
"""

import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(20261124)
arrays = {}


def rand(*sizes):
    return torch.randn(sizes, dtype=torch.float64).to(torch.float32)


def case(name, run, *operands):
    """Records `run` of `operands`, computed in double precision from values of single precision."""
    wide = [operand.double().requires_grad_(True) for operand in operands]
    out = run(*wide)
    seed = rand(*out.shape)
    grads = torch.autograd.grad(out, wide, seed.double())
    for index, operand in enumerate(operands):
        arrays[f"{name}/in{index}"] = operand
        arrays[f"{name}/grad{index}"] = grads[index]
    arrays[f"{name}/out"] = out.detach()
    arrays[f"{name}/seed"] = seed


def convolutions():
    x, w, b = rand(2, 3, 9, 7), rand(4, 3, 3, 3), rand(4)
    case("conv", F.conv2d, x, w, b)
    case("conv stride 2 padding 1", lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1), x, w, b)
    case("conv dilation 2", lambda x, w, b: F.conv2d(x, w, b, dilation=2, padding=(1, 2)), x, w, b)
    case("conv reflect", lambda x, w, b: F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), w, b), x, w, b)
    case("conv relu", lambda x, w, b: F.relu(F.conv2d(x, w, b)), x, w, b)
    case("conv 4x4 stride 2", lambda x, w, b: F.leaky_relu(F.conv2d(x, w, b, 2, 1), 0.2),
         rand(2, 3, 8, 8), rand(5, 3, 4, 4), rand(5))
    case("conv 7x7 reflect", lambda x, w, b: torch.tanh(F.conv2d(F.pad(x, (3,) * 4, "reflect"), w, b)),
         rand(1, 2, 8, 8), rand(3, 2, 7, 7), rand(3))
    case("conv residual", lambda x, w: F.conv2d(F.pad(x, (1,) * 4, "reflect"), w),
         rand(1, 32, 8, 8), rand(32, 32, 3, 3) * 0.05)
    x, w, b = rand(2, 4, 5, 6), rand(4, 3, 3, 3), rand(3)
    case("transposed", F.conv_transpose2d, x, w, b)
    case("transposed stride 2",
         lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1), x, w, b)


def norms():
    x, s, t = rand(2, 3, 5, 6), rand(3), rand(3)
    case("instance norm", lambda x: F.instance_norm(x), x)
    case("instance norm affine", lambda x, s, t: F.instance_norm(x, weight=s, bias=t), x, s, t)
    case("batch norm", lambda x, s, t: F.batch_norm(x, None, None, s, t, training=True), x, s, t)
    mean, variance = rand(3), rand(3).abs() + 0.5
    case("batch norm eval",
         lambda x, s, t: F.batch_norm(x, mean.double(), variance.double(), s, t), x, s, t)
    arrays["batch norm eval/mean"], arrays["batch norm eval/variance"] = mean, variance
    case("layer norm", lambda x: F.layer_norm(x, x.shape[1:]), x)


def resizing():
    x = rand(2, 3, 7, 6)
    case("max pool 2", lambda x: F.max_pool2d(x, 2), x)
    case("max pool 3 stride 2 padding 1", lambda x: F.max_pool2d(x, 3, 2, 1), x)
    case("average pool 2", lambda x: F.avg_pool2d(x, 2), x)
    case("average pool 3 stride 2 padding 1", lambda x: F.avg_pool2d(x, 3, 2, 1), x)
    case("nearest 2", lambda x: F.interpolate(x, scale_factor=2, mode="nearest"), x)
    case("bilinear 2",
         lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False), x)
    case("bilinear to 4x11",
         lambda x: F.interpolate(x, size=(4, 11), mode="bilinear", align_corners=False), x)
    down = torch.tensor([1, 2, 1], dtype=torch.float64) / 4
    up = torch.tensor([1, 3, 3, 1], dtype=torch.float64) / 4

    def blurred_half(x):
        kernel = (down[:, None] * down).expand(3, 1, 3, 3)
        return F.conv2d(F.pad(x, (1,) * 4, "reflect"), kernel, stride=2, groups=3)

    def blurred_double(x):
        kernel = (up[:, None] * up).expand(3, 1, 4, 4)
        padded = F.pad(x, (1,) * 4, "replicate")
        return F.conv_transpose2d(padded, kernel, stride=2, padding=2, groups=3)[:, :, 1:-1, 1:-1]

    case("blur down", blurred_half, x)
    case("blur up", blurred_double, x)
    case("pad reflect", lambda x: F.pad(x, (2, 1, 0, 3), "reflect"), x)
    case("pad edge", lambda x: F.pad(x, (2, 1, 0, 3), "replicate"), x)


def elements():
    x, y = rand(4, 5), rand(5)
    case("leaky relu", lambda x: F.leaky_relu(x, 0.2), x)
    case("sigmoid", torch.sigmoid, x)
    case("tanh", torch.tanh, x)
    case("clamp", lambda x: x.clamp(-0.5, 0.7), x)
    case("broadcast product", lambda x, y: x * y - y / (x * x + 1), x, y)
    case("power", lambda x, y: (x.abs() + 0.5) ** y, x, y)
    case("matmul", torch.matmul, rand(2, 1, 3, 4), rand(3, 4, 5))
    case("variance", lambda x: x.var(dim=1, unbiased=False), x)
    case("deviation", lambda x: x.std(unbiased=False), x)
    case("norm", lambda x: x.norm(dim=0), x)
    case("cumsum", lambda x: x.cumsum(1), x)
    case("gather", lambda x: x.gather(1, torch.tensor([[0, 0], [4, 1], [2, 2], [3, 0]])), x)


def losses():
    x, t = rand(3, 1, 4, 4), rand(3, 1, 4, 4)
    case("mse", F.mse_loss, x, t)
    case("l1", F.l1_loss, x, t)
    case("bce", lambda x: F.binary_cross_entropy_with_logits(x * 30, torch.ones_like(x)), x)
    case("lsgan", lambda x: F.mse_loss(x, torch.ones_like(x)), x)


def optimizers():
    """Parameters after 1, 2, … steps, and the gradients of each: `out` and `in1` have a row per step."""
    start, gradients = rand(6), rand(5, 6)
    for name, decay in [("adam", 0.0), ("adam decay", 0.1)]:
        parameter = start.double().requires_grad_(True)
        adam = torch.optim.Adam([parameter], lr=0.01, betas=(0.5, 0.999), weight_decay=decay)
        steps = []
        for gradient in gradients:
            parameter.grad = gradient.double()
            adam.step()
            steps.append(parameter.detach().clone())
        arrays[f"{name}/in0"], arrays[f"{name}/in1"] = start, gradients
        arrays[f"{name}/out"] = torch.stack(steps)
    # As Keras writes it: epsilon beside the root of the uncorrected moment.
    p, m, v, steps = start.double(), torch.zeros(6), torch.zeros(6), []
    m, v = m.double(), v.double()
    for t, gradient in enumerate(gradients.double(), 1):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        p = p - 0.01 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t) * m / (v.sqrt() + 1e-7)
        steps.append(p)
    arrays["adam keras/in0"], arrays["adam keras/in1"] = start, gradients
    arrays["adam keras/out"] = torch.stack(steps)


for group in [convolutions, norms, resizing, elements, losses, optimizers]:
    group()

header, data = {}, b""
for name, tensor in sorted(arrays.items()):
    flat = tensor.to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
    header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                    "data_offsets": [len(data), len(data) + len(flat)]}
    data += flat
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
target = Path(__file__).parent / "Golden" / "torch_cases.safetensors"
target.write_bytes(struct.pack("<Q", len(text)) + text + data)
print(target, target.stat().st_size, "bytes,", len(arrays), "arrays")
