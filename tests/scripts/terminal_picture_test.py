"""The screen of scripts/picture, and its picture."""

import unittest
from xml.dom import minidom

from terminal_picture import DIM, PLAIN, Terminal, colour_of_256, svg


class Screen(unittest.TestCase):
    def test_a_line_that_is_wiped_and_drawn_again_is_there_once(self):
        terminal = Terminal(20, 3)
        terminal.write("> half a li\r\x1b[Jan joined\r\n> half a li")
        self.assertEqual(["an joined", "> half a li"], terminal.lines())

    def test_a_row_that_is_full_goes_on_in_the_next_and_the_screen_scrolls(self):
        terminal = Terminal(4, 2)
        terminal.write("abcdefghi")
        self.assertEqual(["efgh", "i"], terminal.lines())

    def test_a_status_below_leaves_the_cursor_where_it_was(self):
        terminal = Terminal(20, 3)
        terminal.write("> x\n\r\x1b[2mlobby\x1b[m\x1b[K\x1b[1A\r\x1b[3Cy")
        self.assertEqual(["> xy", "lobby"], terminal.lines())
        self.assertEqual(("l", DIM), terminal.cells[1][0])

    def test_names_have_their_colours(self):
        terminal = Terminal(20, 2)
        terminal.write("<\x1b[38;5;160man\x1b[m> hi")
        self.assertEqual(("a", colour_of_256(160)), terminal.cells[0][1])
        self.assertEqual((">", PLAIN), terminal.cells[0][3])
        self.assertEqual("#d70000", colour_of_256(160))


class Picture(unittest.TestCase):
    def test_is_svg_whatever_is_written_and_the_same_each_time(self):
        pictures = []
        for _ in range(2):
            terminal = Terminal(20, 2)
            terminal.write("<an> a & b")
            pictures.append(svg(terminal, 'a "title"'))
        self.assertEqual(*pictures)
        texts = [it.firstChild.data for it in minidom.parseString(pictures[0]).getElementsByTagName("text")]
        self.assertIn("<an> a & b", texts)


if __name__ == "__main__":
    unittest.main()
