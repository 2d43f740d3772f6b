"""What might have happened in "Liderzy kooperacji"? The order in which it is told."""

from datetime import date

from invention.ground import steering
from invention.names import REGIONS
from invention.places import LEAVERS, lay_ground
from invention.products import close_milestones, spread, sum_up
from invention.story import Story
from invention.testing import found_voivodeship_team, recruit_second, test_model
from invention.working_out import change_hands, exchange, leave, recruit_first, work_out


def tell_liderzy(story: Story) -> None:
    """The whole of it, from the steering committee to the last milestone."""
    steering(story)
    areas = [lay_ground(story, region) for region in REGIONS]
    for area in areas:
        if area.region.slug != "sk":  # there the real recruitment is on record
            recruit_first(story, area)
        for place in area.places:
            work_out(story, place)
        exchange(story, area, 1, date(2018, 12, 3), 3)
    change_hands(story, [place for area in areas for place in area.places])
    for area in areas:
        chosen = recruit_second(story, area)
        for place in area.places:
            if place in chosen:
                test_model(story, place)
            elif place.n in LEAVERS:
                leave(story, place)
        exchange(story, area, 2, date(2019, 10, 14), 2)
        if area.region.slug != "pk":  # there the real team is on record
            found_voivodeship_team(story, area)
        sum_up(story, area)
    spread(story, areas)
    close_milestones(story)
