"""Files that people join: a small real PDF, the kind a town asks for."""

from __future__ import annotations

import random
from functools import cache

from loadtests.forms import Upload


def document(rng: random.Random) -> Upload:
    """A one-page PDF, its name new each time."""
    return Upload("", f"justificatif-{rng.getrandbits(24):06x}.pdf", "application/pdf", _pdf())


@cache
def _pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    content = b"%PDF-1.4\n"
    places = []
    for number, item in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + item + b"\nendobj\n"
    start = len(content)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    content += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return content + f"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
