from ferry import Call, assign


def test_a_ship_alone_lies_at_the_first_berth():
    assert assign([Call("Alma", 540, 600)]) == {"Alma": 1}


def test_ships_side_by_side_need_two_berths():
    assert assign([Call("Alma", 540, 600), Call("Brise", 570, 630)]) == {"Alma": 1, "Brise": 2}


def test_a_berth_is_free_in_the_minute_its_ship_departs():
    assert assign([Call("Alma", 540, 600), Call("Brise", 600, 630)]) == {"Alma": 1, "Brise": 1}


def test_the_lowest_free_berth_is_taken_whatever_the_order_of_the_list():
    calls = [Call("Dora", 620, 700), Call("Alma", 540, 600), Call("Celia", 610, 650), Call("Brise", 570, 660)]

    assert assign(calls) == {"Alma": 1, "Brise": 2, "Celia": 1, "Dora": 3}


def test_who_is_named_first_chooses_first():
    assert assign([Call("Brise", 540, 600), Call("Alma", 540, 560)]) == {"Brise": 1, "Alma": 2}
