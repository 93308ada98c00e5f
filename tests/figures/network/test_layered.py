from cnnviz.figures.network.layered import layered


def laid(count, links, **options):
    return layered([(10, 20)] * count, links, [5] * count, across=4, **options)


def test_a_chain_is_straight_and_evenly_spaced():
    layout = laid(3, [(0, 1), (1, 2)])
    assert layout.centres == ((5, 0), (20, 0), (35, 0))
    assert not layout.skips


def test_a_shortcut_is_a_skip_and_takes_no_lane():
    layout = laid(4, [(0, 1), (1, 2), (0, 3), (2, 3)])
    assert layout.skips == ((0, 3),)
    assert all(across == 0 for _, across in layout.centres)


def test_branches_are_lanes_side_by_side():
    """0 -> 1 -> 2 -> 4 and 0 -> 3 -> 4: the shorter branch keeps its lane to the end."""
    layout = laid(5, [(0, 1), (1, 2), (0, 3), (2, 4), (3, 4)])
    assert not layout.skips
    assert layout.ranks == (0, 1, 2, 1, 3)
    (_, upper), (_, lower) = layout.centres[1], layout.centres[3]
    assert upper < 0 < lower
    assert lower - upper == 24, "their extents and the gap"
    path = dict(layout.lanes)[(3, 4)]
    assert len(path) == 3, "it passes through the rank of the longer branch"
    assert path[1][1] == lower


def test_a_dense_block_is_arcs_over_a_chain():
    links = [(s, t) for t in range(5) for s in range(t)]
    layout = laid(5, links)
    assert set(layout.skips) == {(s, t) for s, t in links if t - s > 1}


def test_chains_apart_lie_below_and_beside_each_other_where_they_meet():
    links = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 5), (1, 6), (6, 7)]
    layout = laid(8, links, apart=[2, 2])
    main = [across for _, across in layout.centres[:4]]
    first, second = layout.centres[4][1], layout.centres[6][1]
    assert set(main) == {0}
    assert 0 < first < second
