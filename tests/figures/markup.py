"""What stands in a piece of HTML: the elements of a class, with their computed properties."""

import re


def elements(html: str, name: str) -> list[dict[str, str]]:
    """Attributes, and custom properties of the style by their names, of each element of a class."""
    tags = re.findall(rf'<\w+[^>]*\bclass="(?:[^"]* )?{name}(?: [^"]*)?"[^>]*>', html)
    return [
        dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) | dict(re.findall(r"--(\w+): ([^;\"]+)", tag))
        for tag in tags
    ]


def shares(html: str, name: str) -> list[float]:
    """How much of its place each element of a class fills, in per cent."""
    return [float(each["share"].removesuffix("%")) for each in elements(html, name)]


def words(html: str) -> list[str]:
    """What is read, word by word."""
    return re.sub(r"<[^>]+>", " ", html).split()
