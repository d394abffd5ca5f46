"""The picture of a seal as it goes into its data: drawn in the usual size of its shape, as PNG with alpha."""

from seal import picture
from seal.ses.seal_data import Picture


def drawn(shape: str, name: str, width: int | None, purpose: str = "") -> Picture:
    """Draw the picture of a seal: round, oval or square, in its usual size unless a width in millimetres is given."""
    match shape:
        case "oval":
            wide = width or 40
            design = picture.oval_seal(name, float(wide), float(round(wide * 3 / 4)), purpose=purpose)
        case "square":
            design = picture.square_seal(name, float(width or 20))
        case _:
            design = picture.round_seal(name, float(width or 42), purpose=purpose)
    return Picture("PNG", picture.png(design), round(design.width), round(design.height))
