"""What the API takes and gives: snake_case JSON, times RFC 3339 in UTC.

Answers are read from the services' own values by attribute; `class` and `in`, which Python keeps
for itself, are `object_class` and `count_in` there. An open field means "not known", never zero.
"""
