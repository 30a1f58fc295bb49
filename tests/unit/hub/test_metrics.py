from hub.metrics import Metrics


def test_every_measure_shows_on_the_page_under_its_name() -> None:
    metrics = Metrics()
    metrics.kept("site", "kept", 0.004)
    metrics.kept("site", "repeat", 0.001)
    metrics.understood("site", "done", 0.2)
    metrics.delivered("telegram", "sent", 0.3)
    metrics.waiting("inbox", 3, 1.5)
    page = metrics.render().decode()
    for line in (
        'hub_intake_total{account="site",outcome="kept"} 1.0',
        'hub_intake_total{account="site",outcome="repeat"} 1.0',
        'hub_intake_ack_seconds_count{account="site"} 2.0',
        'hub_understood_total{account="site",outcome="done"} 1.0',
        'hub_handling_seconds_sum{account="site"} 0.2',
        'hub_deliveries_total{channel="telegram",state="sent"} 1.0',
        'hub_waiting{queue="inbox"} 3.0',
        'hub_oldest_seconds{queue="inbox"} 1.5',
    ):
        assert line in page


def test_two_hubs_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.kept("site", "kept", 0.1)
    assert b'outcome="kept"' not in second.render()
