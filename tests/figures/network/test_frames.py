"""Boxes, and the frames around open blocks."""

from cnnviz.figures.network.frames import Box, auxiliary_heads, room


def test_a_box_around_two_holds_both():
    around = Box.centred(10, 10, 4, 6).around(Box.centred(20, 0, 4, 6))
    assert (around.left, around.top, around.right, around.bottom) == (8, -3, 22, 13)


def test_boxes_meet_where_they_share_an_area():
    box = Box(0, 0, 10, 10)
    assert box.meets(Box(9, 9, 20, 20))
    assert not box.meets(Box(10, 0, 20, 10))


def test_frames_that_begin_or_end_make_room():
    class Block:
        path, title, first, last = "stage", "stage", 1, 2

    assert room([Block()], 4, 20, 5) == [0, 20, 0, 5]


def test_auxiliary_heads_are_chains_of_what_training_alone_uses():
    assert auxiliary_heads([False, True, True, False, True], [(0, 1), (1, 2), (0, 4)]) == [2, 1]
