"""What the film shows is the run it claims, and no neighbour of it would look the same."""

from itertools import pairwise
from typing import Any, TypeAlias

from tests.content.drawings import drawing

film = drawing("04-ca-pousse")
# The script is no package, so its types are known only when it runs.
Node: TypeAlias = Any
Step: TypeAlias = Any
keys: list[int] = film.shuffled()
steps: list[Step] = film.simulate(keys)
splits = [(before.tree, step) for before, step in pairwise(steps) if step.kind == "split"]
grown: Node = steps[-1].tree
# The trees between two numbers, when nothing is too full.
calm: list[Node] = [step.tree for step in steps if step.kind == "arrive"] + [grown]


def nodes(tree: Node) -> list[Node]:
    return [node for row in film.levels(tree) for node in row]


def named(tree: Node, name: int) -> Node:
    return next(node for node in nodes(tree) if node.name == name)


def parent(tree: Node, name: int) -> Node | None:
    above = [node for node in nodes(tree) if name in {child.name for child in node.children}]
    return above[0] if above else None


def in_order(tree: Node) -> list[int]:
    if not tree.children:
        return list(tree.keys)
    out = in_order(tree.children[0])
    for key, child in zip(tree.keys, tree.children[1:], strict=True):
        out += [key, *in_order(child)]
    return out


def test_every_number_is_there_once_and_in_order_after_each_step() -> None:
    for count, tree in enumerate(calm):
        assert in_order(tree) == sorted(keys[:count])


def test_all_leaves_are_on_the_ground_after_each_step() -> None:
    for step in steps:
        rows = film.levels(step.tree)
        assert not any(node.children for node in rows[-1])
        assert all(len(node.children) == len(node.keys) + 1 for row in rows[:-1] for node in row)


def test_boxes_hold_between_two_and_four_numbers_and_only_the_root_may_hold_fewer() -> None:
    for tree in calm:
        root, *others = nodes(tree)
        assert len(root.keys) <= 4
        assert all(2 <= len(node.keys) <= 4 for node in others)


def test_a_box_breaks_at_its_fifth_number_and_the_middle_one_moves_up_without_a_copy() -> None:
    for before, step in splits:
        full = named(before, step.node)
        above = parent(step.tree, step.node)
        assert above is not None
        assert len(full.keys) == 5
        assert full.keys[2] == step.key
        assert step.key in above.keys
        left, right = named(step.tree, step.node), named(step.tree, step.beside)
        assert (left.keys, right.keys) == (full.keys[:2], full.keys[3:])


def test_a_floor_is_added_only_when_the_top_box_breaks() -> None:
    for before, after in pairwise(steps):
        taller = len(film.levels(after.tree)) - len(film.levels(before.tree))
        assert taller == (after.kind == "split" and after.node == before.tree.name)
    assert len(film.levels(grown)) == 3


def test_a_box_rests_with_four_numbers_which_a_smaller_order_would_not_allow() -> None:
    assert any(len(node.keys) == 4 for tree in calm for node in nodes(tree))


def test_a_box_breaks_although_its_neighbour_had_room_so_nothing_is_shared_out() -> None:
    def neighbours(tree: Node, name: int) -> list[Node]:
        above = parent(tree, name)
        children = above.children if above else ()
        place = next((k for k, child in enumerate(children) if child.name == name), 0)
        return [children[k] for k in (place - 1, place + 1) if 0 <= k < len(children)]

    shared_out = [
        any(len(node.keys) < 4 for node in neighbours(before, step.node)) for before, step in splits
    ]

    assert shared_out.count(True) >= 2


def test_of_the_two_numbers_looked_up_one_is_found_above_the_ground_and_one_on_it() -> None:
    tree = film.Tree()
    tree.root = grown
    upper, lower = ([step.node for step in tree.find(key)] for key in film.LOOKED_UP)

    assert [len(upper), len(lower)] == [2, 3]
    assert named(grown, upper[-1]).children
    assert not named(grown, lower[-1]).children


def test_boxes_of_one_floor_never_touch_nor_leave_the_picture() -> None:
    for step in steps:
        plan = film.layout(step.tree)
        for row in film.levels(step.tree):
            spans = [plan.boxes[node.name] for node in row]
            edges = [edge for x, _, width in spans for edge in (x - width / 2, x + width / 2)]
            assert edges == sorted(edges)
            assert 24 < edges[0] < edges[-1] < 1256


def test_the_numbers_named_in_the_description_are_those_of_the_run() -> None:
    assert keys[:5] == [73, 44, 56, 91, 41]
    assert film.LOOKED_UP == (78, 52)
    assert [len(row) for row in film.levels(grown)] == [1, 2, 6]
    assert grown.keys == (56,)
    assert splits[0][1].key == 56
