from deploy.ecs.clock import Clock


def test_another_process_has_the_same_time() -> None:
    clock = Clock(30, began=12.5)
    assert Clock.of(str(clock)) == clock
