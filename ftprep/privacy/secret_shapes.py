"""The shapes of keys and tokens that providers hand out, all together."""

from __future__ import annotations

import functools
import re

from ftprep.privacy import secret_shapes_code, secret_shapes_services
from ftprep.privacy.secret_shape import Shape

SHAPES: tuple[Shape, ...] = secret_shapes_code.SHAPES + secret_shapes_services.SHAPES

ANCHORS: tuple[str, ...] = tuple(dict.fromkeys(anchor for shape in SHAPES for anchor in shape.anchors))


@functools.cache
def compiled(shape: Shape) -> re.Pattern[str]:
    """The pattern of a shape. No letter or digit may touch the key; of a key in its surroundings, the end."""
    pattern = re.compile(rf"(?:{shape.pattern})(?![A-Za-z0-9_])")
    return pattern if pattern.groups else re.compile(rf"(?<![A-Za-z0-9_]){pattern.pattern}")
