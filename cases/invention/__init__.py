"""The invented history, told part by part: names, story, ground, and the two projects."""
