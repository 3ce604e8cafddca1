"""Each document begins with its own title: one was once overwritten with another's text, unseen."""

import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TITLES = {
    "README.md": "# comcat",
    "CONTRIBUTING.md": "# Contributing",
    "proto/README.md": "# The wire",
    "docs/architecture.md": "# Architecture",
    "docs/cluster.md": "# One room on several servers",
    "docs/operations.md": "# Running a server",
    "docs/performance.md": "# What a server carries",
    "docs/playout.md": "# What a listener hears: the playout",
    "docs/security.md": "# Security",
}


class Documents(unittest.TestCase):
    def test_each_begins_with_its_own_title(self):
        for name, title in TITLES.items():
            with self.subTest(name):
                text = (ROOT / name).read_text(encoding="utf-8")
                self.assertEqual(title, text.split("\n", 1)[0])

    def test_none_is_missing_here(self):
        found = [*ROOT.glob("*.md"), *ROOT.glob("proto/*.md"), *ROOT.glob("docs/**/*.md")]
        names = {path.relative_to(ROOT).as_posix() for path in found}
        self.assertEqual(set(TITLES), names)


if __name__ == "__main__":
    unittest.main()
