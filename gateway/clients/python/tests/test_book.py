# SPDX-License-Identifier: Apache-2.0
"""The book against the examples of the protocol."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from gridbook import Book, BookError  # noqa: E402

SNAPSHOT = {"seq": 88119, "bids": [["13.40", "300"]], "asks": [["13.50", "120"]], "crc": 497567635}
DELTA = {"prev": 88119, "seq": 88120, "bids": [], "asks": [["13.50", "104"]], "crc": 687071496}


class BookTest(unittest.TestCase):
    def setUp(self):
        self.book = Book("H100.CN-EAST.G2.20261201T01Z")
        self.book.snapshot(SNAPSHOT)

    def test_the_examples_of_the_protocol(self):
        self.book.delta(DELTA)
        self.assertEqual(self.book.asks(), [("13.50", "104")])
        self.assertEqual(self.book.seq, 88120)

    def test_a_gap_is_noticed_and_nothing_is_believed_until_a_snapshot(self):
        with self.assertRaisesRegex(BookError, "a gap"):
            self.book.delta(DELTA | {"prev": 88118, "seq": 88121})
        self.assertFalse(self.book.in_step)
        self.book.delta(DELTA)
        self.assertFalse(self.book.in_step)
        self.book.snapshot(SNAPSHOT)
        self.assertTrue(self.book.in_step)

    def test_a_wrong_checksum_is_noticed(self):
        with self.assertRaisesRegex(BookError, "crc"):
            self.book.delta(DELTA | {"crc": 1})
        self.assertFalse(self.book.in_step)

    def test_what_the_snapshot_already_has_is_passed_over(self):
        self.book.delta(DELTA | {"prev": 88000, "seq": 88119})
        self.assertEqual(self.book.asks(), [("13.50", "120")])

    def test_prices_are_ordered_as_numbers_and_zero_deletes(self):
        book = Book("x")
        levels = [["9.99", "1"], ["10.00", "1"]]
        with self.assertRaises(BookError):
            book.snapshot({"seq": 1, "bids": levels, "asks": levels, "crc": 0})
        self.assertEqual([price for price, _ in book.bids()], ["10.00", "9.99"])
        self.assertEqual([price for price, _ in book.asks()], ["9.99", "10.00"])


if __name__ == "__main__":
    unittest.main()
