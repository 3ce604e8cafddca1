"""scripts/bench-server, on programs that answer at once with recorded figures."""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/bench-server"

# Its address names the build, by which the load knows what to report.
SERVER = """#!/bin/sh
echo {build} >>{folder}/started
echo ' listening address={build} ' >&2
exec tail -f /dev/null
"""
LOAD = """#!/bin/sh
case $2 in before) cpu={before} ;; after) cpu={after} ;; esac
echo "{{\\"server\\":{{\\"cpu_us_per_frame\\":$cpu,\\"kib_per_connection\\":33}},\
\\"latency_us\\":{{\\"p50\\":5000,\\"p99\\":9000}},\\"delivered_percent\\":100}}"
"""


class BenchServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for build in "before", "after":
            self.program(f"{build}/comcat-server", SERVER.format(build=build, folder=self.folder))
        self.load_reports(before=10, after=10)

    def program(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def load_reports(self, before, after):
        self.program("after/comcat-load", LOAD.format(before=before, after=after))

    def bench(self, *arguments):
        return subprocess.run([SCRIPT, "--build", self.folder / "after", *arguments],
                              capture_output=True, text=True)

    def test_what_bare_datagrams_cost_stands_beside_the_rest_where_it_can_be_measured(self):
        self.assertNotIn("bare datagrams", self.bench("--rounds", "1", "50,2").stdout)
        self.program("after/comcat-send-cost", "#!/bin/sh\necho 4.25\n")
        done = self.bench("--rounds", "1", "50,2")
        self.assertIn("| 50,2 | bare datagrams | 4.2 | - | - | - | - | - |", done.stdout)
        self.program("after/comcat-send-cost", "#!/bin/sh\necho no socket >&2\nexit 1\n")
        done = self.bench("--rounds", "1", "50,2")
        self.assertEqual(done.returncode, 3)
        self.assertIn("comcat-send-cost at 50,2: no socket", done.stderr)

    def compared(self, *arguments):
        return self.bench("--before", self.folder / "before", *arguments)

    def started(self):
        return (self.folder / "started").read_text().split()

    def test_builds_take_turns_in_going_first_in_plaintext_and_with_tls(self):
        done = self.compared("--rounds", "3", "50,2")
        self.assertEqual(self.started(), ["before", "after"] * 2 + ["after", "before"] * 2
                         + ["before", "after"] * 2)
        self.assertIn("50,2 plaintext: no worse\n50,2 tls: no worse\n", done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_eleven_rounds_at_three_points_are_compared_if_nothing_else_is_said(self):
        self.assertEqual(self.compared().returncode, 0)
        self.assertEqual(len(self.started()), 11 * 3 * 2 * 2)

    def test_a_build_that_costs_more_is_told_by_the_exit_code(self):
        self.load_reports(before=10, after=11)
        done = self.compared("--rounds", "2", "50,2")
        self.assertIn("50,2 tls: lower quartile of the CPU ratios 1.1000 > 1.03\n", done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_other_load_is_compared_too(self):
        done = self.compared("--rounds", "2", "--beside", "--nohold", "50,2")
        self.assertIn("50,2 plaintext --nohold: no worse\n", done.stdout)

    def test_one_build_alone_is_measured_and_not_judged(self):
        done = self.bench("--rounds", "1", "50,2")
        self.assertIn("| 50,2 | comcat tls | 10.0 | - | 5000 | 9000 | 100.00 | 33.0 |", done.stdout)
        self.assertNotIn("no worse", done.stdout)
        self.assertEqual(done.returncode, 0)

    def test_another_server_is_measured_beside(self):
        self.program("peer/run_mumble.sh", """#!/bin/sh
echo "N=$2 S=$3 sent 9 delivered 98 of 100 (98.00%) rate 50/s  lat us p50 4700 p99 8900 p99.9 9000 \
max 9100 | server cpu 0.10s = 20.00 us/delivery (load own 9.00 us) rss 900 KiB rss/conn 107.0 KiB"
""")
        done = self.bench("--rounds", "1", "--peer", self.folder / "peer", "50,2")
        self.assertIn("| 50,2 | comcat tls | 10.0 | 0.50 |", done.stdout)
        self.assertIn("| 50,2 | peer | 20.0 | 1.00 | 4700 | 8900 | 98.00 | 107.0 |", done.stdout)

    def test_datagrams_are_measured_by_themselves_and_beside_the_peers(self):
        self.program("after/comcat-load", """#!/bin/sh
case "$*" in *--insecure*) cpu=12 ;; *--nodatagrams*) cpu=16 ;; *) cpu=3 ;; esac
echo "{\\"server\\":{\\"cpu_us_per_frame\\":$cpu,\\"kib_per_connection\\":33},\
\\"latency_us\\":{\\"p50\\":5000,\\"p99\\":9000},\\"delivered_percent\\":100}"
""")
        self.program("peer/run_mumble.sh", """#!/bin/sh
case $1 in --tcp) cpu=32.00 ;; --udp) cpu=6.00 ;; esac
echo "N=$2 S=$3 sent 9 delivered 98 of 100 (98.00%) rate 50/s  lat us p50 4700 p99 8900 p99.9 9000 \
max 9100 | server cpu 0.10s = $cpu us/delivery (load own 9.00 us) rss 900 KiB rss/conn 107.0 KiB"
""")
        done = self.bench("--rounds", "1", "--peer", self.folder / "peer", "50,2")
        self.assertIn("| 50,2 | comcat plaintext | 12.0 | 0.38 |", done.stdout)
        self.assertIn("| 50,2 | comcat tls | 16.0 | 0.50 |", done.stdout)
        self.assertIn("| 50,2 | comcat datagrams | 3.0 | 0.50 |", done.stdout)
        self.assertIn("| 50,2 | peer datagrams | 6.0 | 1.00 |", done.stdout)

    def assert_one_sentence(self, done, code, part):
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(part, done.stderr)

    def test_wrong_usage_gets_one_sentence(self):
        self.assert_one_sentence(self.bench("--rouns", "3"), 2, "--rouns")
        self.assert_one_sentence(self.bench("--rounds", "0"), 2, "--rounds")
        self.assert_one_sentence(self.bench("--seconds", "nan"), 2, "--seconds")
        self.assert_one_sentence(self.bench("200"), 2, "'200'")
        self.assert_one_sentence(self.bench("--before", "/nowhere"), 2, "/nowhere/comcat-server")
        self.assert_one_sentence(self.bench("--peer", "/nowhere"), 2, "/nowhere/run_mumble.sh")
        self.assert_one_sentence(self.compared("--rounds", "1"), 2, "2 rounds")
        self.assert_one_sentence(self.compared("50,0"), 2, "somebody has to speak")

    def test_a_server_that_does_not_start_is_no_verdict(self):
        self.program("before/comcat-server", "#!/bin/sh\necho starts >&2; echo no port >&2; exit 1\n")
        self.assert_one_sentence(self.compared(), 3, "no port")

    def test_a_load_that_cannot_connect_is_no_verdict(self):
        self.program("after/comcat-load", "#!/bin/sh\necho joining >&2; echo no server there >&2; exit 5\n")
        self.assert_one_sentence(self.compared(), 3, "no server there")

    def test_a_run_in_which_nothing_is_delivered_is_no_verdict(self):
        self.load_reports(before=0, after=10)
        self.assert_one_sentence(self.compared(), 3, "nothing was delivered")


if __name__ == "__main__":
    unittest.main()
