"""What a terminal shows of a program's output, and a picture of it as SVG."""

import re
from html import escape

SEQUENCE = re.compile(r"\x1b(?:\[[?>=]?([0-9;]*)([@-~])|[()][0-9A-B]|[=>78])")
BACKGROUND, PLAIN, DIM = "#16181d", "#d7dae0", "#7f848e"
FEW = {31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2"}


def colour_of_256(number):
    """The colour of xterm's cube, from 16 to 231."""
    levels = (0, 95, 135, 175, 215, 255)
    red, rest = divmod(number - 16, 36)
    green, blue = divmod(rest, 6)
    return "#%02x%02x%02x" % (levels[red], levels[green], levels[blue])


class Terminal:
    """Characters of one column each on a screen that scrolls."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.cells = [self._empty() for _ in range(rows)]
        self.row = self.column = 0
        self.colour = PLAIN

    def _empty(self):
        return [(" ", PLAIN)] * self.columns

    def write(self, text):
        at = 0
        while at < len(text):
            found = SEQUENCE.match(text, at)
            if found:
                self._control(found.group(2) or "", found.group(1) or "")
                at = found.end()
                continue
            self._character(text[at])
            at += 1

    def _character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self._down()
        elif c == "\b":
            self.column = max(0, min(self.column, self.columns - 1) - 1)
        elif c >= " ":
            if self.column == self.columns:
                self.column = 0
                self._down()
            self.cells[self.row][self.column] = (c, self.colour)
            self.column += 1

    def _down(self):
        self.row += 1
        if self.row == self.rows:
            self.row -= 1
            self.cells = self.cells[1:] + [self._empty()]

    def _control(self, kind, given):
        count = int(given.split(";")[0] or 1) if given else 1
        row = self.cells[self.row]
        self.column = min(self.column, self.columns - 1)
        if kind == "A":
            self.row = max(0, self.row - count)
        elif kind == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif kind == "D":
            self.column = max(0, self.column - count)
        elif kind == "P":  # characters are deleted
            row[self.column :] = row[self.column + count :] + self._empty()[:count]
        elif kind == "@":  # and inserted
            row[self.column :] = (self._empty()[:count] + row[self.column :])[: self.columns - self.column]
        elif kind in "JK" and kind:
            row[self.column :] = self._empty()[self.column :]
            if kind == "J":
                self.cells[self.row + 1 :] = [self._empty() for _ in self.cells[self.row + 1 :]]
        elif kind == "m":
            self._style([int(it or 0) for it in given.split(";")])

    def _style(self, codes):
        if codes[:2] == [38, 5] and len(codes) == 3:
            self.colour = colour_of_256(codes[2])
        elif codes == [2]:
            self.colour = DIM
        else:
            self.colour = FEW.get(codes[-1], PLAIN)

    def lines(self):
        """The text of each row, without blanks at its end, and without empty rows at the end."""
        out = ["".join(c for c, _ in row).rstrip() for row in self.cells]
        while out and not out[-1]:
            out.pop()
        return out


def runs(row):
    """The parts of a row that have one colour: column, text, colour."""
    out = []
    for column, (c, colour) in enumerate(row):
        if out and out[-1][2] == colour:
            out[-1][1] += c
        else:
            out.append([column, c, colour])
    return [(column, text.rstrip(), colour) for column, text, colour in out if text.strip()]


def svg(terminal, title):
    """A picture of the screen with its cursor, the same for the same screen."""
    width, height, margin, bar = 8.4, 19, 14, 30
    used = max(len(terminal.lines()), terminal.row + 1)
    size = (round(terminal.columns * width + 2 * margin), used * height + 2 * margin + bar)
    out = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"' % (size + size),
        ' font-family="ui-monospace, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
        "<title>%s</title>" % escape(title),
        '<rect width="%d" height="%d" rx="8" fill="%s"/>' % (size + (BACKGROUND,)),
    ]
    for i, colour in enumerate(("#e06c75", "#e5c07b", "#98c379")):
        out.append('<circle cx="%d" cy="17" r="5" fill="%s"/>' % (20 + 18 * i, colour))
    out.append('<text x="%d" y="22" text-anchor="middle" fill="%s">%s</text>' % (size[0] // 2, DIM, escape(title)))
    for number, row in enumerate(terminal.cells[:used]):
        y = bar + margin + number * height + 10
        for column, text, colour in runs(row):
            out.append(
                '<text x="%.1f" y="%d" fill="%s" textLength="%.1f" xml:space="preserve">%s</text>'
                % (margin + column * width, y, colour, len(text) * width, escape(text))
            )
    x, y = margin + terminal.column * width, bar + margin + terminal.row * height - 4
    out.append('<rect x="%.1f" y="%d" width="%.1f" height="18" fill="%s" opacity="0.6"/>' % (x, y, width, PLAIN))
    out.append("</svg>\n")
    return "\n".join(out)
