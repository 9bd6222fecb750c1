"""Releases records node by node, and completes classes that lack a few records with *donors*.

A donor is a record released before, whose own class can spare it; or a whole class takes the few in. Donors pay more than
before, and the records they help pay less than they would elsewhere; what they would is what the rounds before have taught.
The best round counts.
"""

from __future__ import annotations

import numpy as np

from openjustice.ground.kernels import compiled
from openjustice.protect.grouping.classes import Grouping, make_grouping
from openjustice.protect.grouping.kernels import _SHIFT, key_of, room_for
from openjustice.protect.grouping.levels import Floats, Integers32, Leveled, Levels, Tokens

_FORCED = 1e18


def complete(leveled: Leveled, *, k: int, nodes: Levels, rounds: int, luck: int) -> Grouping:
    """Return the cheapest grouping of several rounds through the nodes, which stand in the order of their cost.

    `luck` is the record that is asked first where donors are equal. Claims: each class has at least k records. The last node must
    show all records alike.
    """
    expected, seen = np.zeros(len(leveled)), np.zeros(len(leveled))
    best = make_grouping(leveled, _walk(leveled, nodes, expected, k, luck, is_forced=False)[0])
    for turn in range(1, rounds + 2):
        classes, paid = _walk(leveled, nodes, expected, k, luck, is_forced=True)
        made = make_grouping(leveled, classes)
        best = min(best, made, key=lambda grouping: round(grouping.total, 9))
        seen += paid
        expected = seen / turn
        if best.total == 0:
            break
    return best


def _walk(
    leveled: Leveled, nodes: Levels, expected: Floats, k: int, luck: int, *, is_forced: bool
) -> tuple[Integers32, Floats]:
    """Return the class of each record, and what it paid together with its share of what its donors paid."""
    classes, paid = np.full(len(leveled), -1, dtype=np.int32), np.zeros(len(leveled))
    burden = np.zeros(len(leveled))
    walk(
        leveled.codes, leveled.tokens, leveled.costs, nodes, expected, k, luck, is_forced, classes, paid, burden
    )  # fmt: skip
    return classes, paid + burden


@compiled
def walk(  # noqa: C901  (a kernel: one loop)
    codes: Integers32, tokens: Tokens, costs: Floats, nodes: Levels, expected: Floats, k: int, luck: int,
    is_forced: bool, classes: Integers32, paid: Floats, burden: Floats,
) -> int:  # fmt: skip
    """Release the records node by node, with donors where they save; return the number of classes."""
    count, width, most = len(codes), codes.shape[1], 2 * k
    left = np.arange(count)
    rest, made = count, 0
    sizes = np.zeros(count + 1, dtype=np.int64)
    room = room_for(count, 2)
    table_key, table_count = np.zeros(room, dtype=np.uint64), np.zeros(room, dtype=np.int64)
    table_group = np.full(room, -1, dtype=np.int64)
    home_key, home_class = np.zeros(room, dtype=np.uint64), np.full(room, -1, dtype=np.int64)
    slots = np.zeros(count, dtype=np.int64)
    group_slot = np.zeros(count, dtype=np.int64)
    group_class = np.full(count, -1, dtype=np.int64)
    group_cost, group_gain = np.zeros(count), np.zeros(count)
    class_first, class_node = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)
    class_cost = np.zeros(count + 1)
    whole = np.full(count, -1, dtype=np.int64)
    donor = np.zeros((count, most), dtype=np.int64)
    price, donors = np.zeros((count, most)), np.zeros(count, dtype=np.int64)
    for node in range(len(nodes)):
        if rest == 0:
            break
        mask = np.uint64(room_for(rest, 2) - 1)
        for i in range(rest):
            key = key_of(codes, tokens, nodes[node], left[i])
            slot = (key >> _SHIFT) & mask
            while table_count[slot] != 0 and table_key[slot] != key:
                slot = (slot + np.uint64(1)) & mask
            table_key[slot] = key
            table_count[slot] += 1
            slots[i] = slot
        groups = 0
        for i in range(rest):
            slot = slots[i]
            if table_group[slot] < 0:
                table_group[slot] = groups
                group_slot[groups], group_gain[groups], donors[groups] = slot, 0.0, 0
                group_class[groups], whole[groups] = -1, -1
                cost = 0.0
                for variable in range(width):
                    cost += costs[codes[left[i], variable], nodes[node, variable]]
                group_cost[groups] = cost
                groups += 1
            group = table_group[slot]
            group_gain[group] += expected[left[i]] - group_cost[group]
        wanting = 0
        for group in range(groups):
            size = table_count[group_slot[group]]
            if size < k:
                key = table_key[group_slot[group]]
                home = (key >> _SHIFT) & np.uint64(room - 1)
                while home_class[home] >= 0 and home_key[home] != key:
                    home = (home + np.uint64(1)) & np.uint64(room - 1)
                if home_class[home] >= 0:  # a class shown just so stands already: what was blank before looks blanked
                    group_class[group], group_gain[group] = home_class[home], 0.0
                    continue
                if node == len(nodes) - 1:
                    group_gain[group] = _FORCED if is_forced else 0.0
                wanting += group_gain[group] > 0
            else:
                group_class[group], group_gain[group] = made, 0.0
                class_cost[made], class_node[made] = group_cost[group], node
                made += 1
        if wanting and rest < count:
            for i in range(count):
                record = (luck + i) % count
                own = classes[record]
                if own < 0 or sizes[own] <= k:
                    continue
                key = key_of(codes, tokens, nodes[node], record)
                slot = (key >> _SHIFT) & mask
                while table_count[slot] != 0 and table_key[slot] != key:
                    slot = (slot + np.uint64(1)) & mask
                if table_count[slot] == 0:
                    continue
                group = table_group[slot]
                more = group_cost[group] - class_cost[own]
                if group_gain[group] <= 0 or more >= group_gain[group]:
                    continue
                at = donors[group]
                if at < most:
                    donors[group] += 1
                elif price[group, most - 1] <= more:
                    continue
                else:
                    at = most - 1
                while at > 0 and price[group, at - 1] > more:
                    price[group, at], donor[group, at] = price[group, at - 1], donor[group, at - 1]
                    at -= 1
                price[group, at], donor[group, at] = more, record
            for own in range(made):  # a class shown in more detail everywhere may come over as a whole
                if sizes[own] == 0:
                    continue
                is_finer = True
                for variable in range(width):
                    is_finer &= nodes[class_node[own], variable] <= nodes[node, variable]
                if not is_finer:
                    continue
                key = key_of(codes, tokens, nodes[node], class_first[own])
                slot = (key >> _SHIFT) & mask
                while table_count[slot] != 0 and table_key[slot] != key:
                    slot = (slot + np.uint64(1)) & mask
                if table_count[slot] == 0:
                    continue
                group, other = table_group[slot], whole[table_group[slot]]
                more = sizes[own] * (group_cost[group] - class_cost[own])
                if other < 0 or more < sizes[other] * (group_cost[group] - class_cost[other]):
                    whole[group] = own
        net = np.full(groups, -1.0)
        for group in range(groups):
            lacking = k - table_count[group_slot[group]]
            if group_gain[group] <= 0:
                continue
            if donors[group] >= lacking:
                net[group] = group_gain[group]
                for j in range(lacking):
                    net[group] -= price[group, j]
            own = whole[group]
            if own >= 0:
                net[group] = max(net[group], group_gain[group] - sizes[own] * (group_cost[group] - class_cost[own]))
        for group in np.argsort(-net, kind="mergesort"):
            if net[group] <= 0:
                break
            lacking, taken, cost = k - table_count[group_slot[group]], 0, 0.0
            for j in range(donors[group]):
                record = donor[group, j]
                if taken < lacking and sizes[classes[record]] > k:
                    sizes[classes[record]] -= 1
                    donor[group, taken] = record
                    taken += 1
                    cost += price[group, j]
            own, more = whole[group], np.inf
            if own >= 0:
                more = sizes[own] * (group_cost[group] - class_cost[own])
            if taken < lacking or cost >= group_gain[group] or cost > more:
                for j in range(taken):
                    sizes[classes[donor[group, j]]] += 1
                if own < 0 or class_node[own] == node:  # it has come over to another group meanwhile
                    continue
                more = sizes[own] * (group_cost[group] - class_cost[own])
                if more < group_gain[group]:
                    class_cost[own], class_node[own], group_class[group] = group_cost[group], node, own
                    net[group] = more / table_count[group_slot[group]]
                continue
            for j in range(taken):
                classes[donor[group, j]] = made
            sizes[made] = taken
            group_class[group] = made
            class_cost[made], class_node[made] = group_cost[group], node
            net[group] = cost / table_count[group_slot[group]]
            made += 1
        kept = 0
        for i in range(rest):
            group, record = table_group[slots[i]], left[i]
            own = group_class[group]
            if own >= 0:
                classes[record], class_first[own] = own, record
                burden[record] = max(net[group], 0.0)
                sizes[own] += 1
            else:
                left[kept] = record
                kept += 1
        for group in range(groups):
            if group_class[group] >= 0:
                key = table_key[group_slot[group]]
                home = (key >> _SHIFT) & np.uint64(room - 1)
                while home_class[home] >= 0 and home_key[home] != key:
                    home = (home + np.uint64(1)) & np.uint64(room - 1)
                home_key[home], home_class[home] = key, group_class[group]
        for i in range(rest):
            table_count[slots[i]] = 0
            table_group[slots[i]] = -1
        rest = kept
    for record in range(count):
        if classes[record] >= 0:
            paid[record] = class_cost[classes[record]]
    return made
