from pantry.shopping import by_aisle


def test_the_list_follows_the_shop():
    found = by_aisle(["milk", "Red onion", "soap", "butter"])
    assert found == {
        "vegetables": ["Red onion"],
        "dairy": ["milk", "butter"],
        "other": ["soap"],
    }
