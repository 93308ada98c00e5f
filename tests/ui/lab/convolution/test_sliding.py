"""What the window that slides is told of its input's cells."""

from cnnviz.lab.grid import grid
from cnnviz.lab.sliding import Settings, slide
from cnnviz.ui.lab.convolution.sliding import slide_data

ONES = grid("1 1 1; 1 1 1; 1 1 1")[None]


def kinds(side, **settings):
    image = grid("; ".join(["1 " * side] * side))
    data = slide_data(slide(image, ONES, Settings(**settings)), "name", editable=True)
    return data["inputs"][0]["kinds"]


def test_every_cell_of_the_input_is_read_where_the_window_fits():
    assert kinds(5, stride=2) == [[""] * 5] * 5


def test_cells_that_no_window_reads_are_told():
    cells = kinds(5, stride=3)
    assert [row[:3] for row in cells[:3]] == [[""] * 3] * 3
    assert cells[3] == cells[4] == ["unread"] * 5
    assert all(row[3:] == ["unread"] * 2 for row in cells)


def test_padding_that_no_window_reads_is_both():
    cells = kinds(4, stride=2, padding="1")
    assert len(cells) == 6 and cells[0][:5] == ["padding"] * 5
    assert cells[5] == ["padding unread"] * 6
    assert cells[2] == ["padding", *[""] * 4, "padding unread"]
