"""The arithmetic by which a build counts as no worse than the one before, on recorded figures."""

import unittest

from bench_figures import Figures, compare, excesses, medians, medians_table, verdicts


def run(cpu_us=10.0, p50_us=5000, p99_us=9000, delivered_percent=100.0):
    return Figures(cpu_us, p50_us, p99_us, delivered_percent, kib_per_connection=33.0)


def runs(cpu_us):
    return [run(cpu) for cpu in cpu_us]


class Pairing(unittest.TestCase):
    def test_drift_from_round_to_round_cancels_out(self):
        before = [10.0, 20.0, 40.0, 15.0, 12.0]
        c = compare(runs(before), runs(1.02 * cpu for cpu in before))
        for share in c[:3]:
            self.assertAlmostEqual(share, 1.02)

    def test_quartiles_of_eleven_rounds_lie_between_the_third_and_fourth_from_either_end(self):
        ratios = [1.10, 1.00, 1.09, 1.01, 1.08, 1.02, 1.07, 1.03, 1.06, 1.04, 1.05]
        c = compare(runs([10.0] * 11), runs(10 * ratio for ratio in ratios))
        self.assertAlmostEqual(c.lower_quartile, 1.025)
        self.assertAlmostEqual(c.cpu_ratio, 1.05)
        self.assertAlmostEqual(c.upper_quartile, 1.075)

    def test_delays_are_compared_within_their_round(self):
        before = [run(p50_us=p50, p99_us=2 * p50) for p50 in (1000, 9000, 5000)]
        after = [run(p50_us=p50, p99_us=2 * p50) for p50 in (1500, 9500, 5500)]
        c = compare(before, after)
        self.assertAlmostEqual(c.p50_later_ms, 0.5)
        self.assertAlmostEqual(c.p99_later_ms, 1.0)

    def test_a_round_of_one_build_alone_compares_with_nothing(self):
        with self.assertRaises(ValueError):
            compare(runs([10.0, 10.0]), runs([10.0]))


class Verdict(unittest.TestCase):
    def verdict(self, **after):
        return excesses(compare([run()] * 3, [run(**after)] * 3))

    def test_the_same_is_no_worse(self):
        self.assertEqual(self.verdict(), [])

    def test_what_is_allowed_is_no_worse(self):
        self.assertEqual(self.verdict(cpu_us=10.3, p50_us=6000, p99_us=12000), [])

    def test_what_is_better_is_no_worse(self):
        self.assertEqual(self.verdict(cpu_us=5.0, p50_us=500, p99_us=900), [])

    def test_cpu_that_exceeds_in_three_quarters_of_the_rounds_is_worse(self):
        before = runs([10.0] * 5)
        self.assertEqual(excesses(compare(before, runs([9.9, 10.2, 10.9, 10.9, 10.9]))), [])
        self.assertEqual(excesses(compare(before, runs([9.9, 10.4, 10.9, 10.9, 10.9]))),
                         ["lower quartile of the CPU ratios 1.0400 > 1.03"])

    def test_later_voice_is_worse(self):
        self.assertEqual(self.verdict(p50_us=6001), ["p50 1.001 ms later > 1 ms"])
        self.assertEqual(self.verdict(p99_us=12001), ["p99 3.001 ms later > 3 ms"])

    def test_voice_that_no_longer_arrives_is_worse_however_cheap(self):
        self.assertEqual(self.verdict(cpu_us=5.0, delivered_percent=98.5),
                         ["1.50 % less delivered > 0.1 %"])

    def test_a_point_that_exceeds_says_all_that_does(self):
        said = verdicts({("200,1", "tls"): compare([run()] * 3, [run(11.0, p50_us=8000)] * 3),
                         ("50,2", "tls"): compare([run()] * 3, [run()] * 3)})
        self.assertEqual(said, "200,1 tls: lower quartile of the CPU ratios 1.1000 > 1.03, "
                               "p50 3.000 ms later > 1 ms\n50,2 tls: no worse")


class Medians(unittest.TestCase):
    def test_each_figure_has_its_own_median(self):
        m = medians([run(1.0, 300), run(2.0, 100), run(9.0, 200)])
        self.assertEqual((m.cpu_us, m.p50_us), (2.0, 200))

    def test_a_peer_is_what_the_others_are_measured_by(self):
        table = medians_table({"50,2": {"comcat tls": runs([15.0]), "peer": runs([30.0])}})
        self.assertIn("| 50,2 | comcat tls | 15.0 | 0.50 | 5000 | 9000 | 100.00 | 33.0 |", table)
        self.assertIn("| 50,2 | peer | 30.0 | 1.00 |", table)


if __name__ == "__main__":
    unittest.main()
