"""The pages that are looked at one by one: a page module's addresses, with objects of the case."""

LIDERZY = "9fb98cef-1c40-560e-9a8c-43f5fbfd958f"
OPEN = ("/sign-in", "/sign-in?token=1", "/accessibility", "/no-such-page")
# What the real case does not have: journeys look at these on the way.
IN_JOURNEYS = frozenset(
    {
        "/accounts/{id:str}",
        "/imports/{id:str}",
        "/sign-in/invitation/{link:str}",
    }
)
# One line for each page, added with the page; {liderzy} is the project of that case.
PAGES = (
    "/",
    "/?known_at=80&valid_at=2019-05-13",
    "/?known_at=nonsense",
    "/projects/{liderzy}",
    "/account",
    "/accounts",
    "/accounts/new",
    "/tokens",
    "/tokens/new",
    "/projects/{liderzy}/milestones?valid_at=2020-10-15&known_at=80",
    "/projects/{liderzy}/indicators",
    "/projects/{liderzy}/findings?severity=warning",
    "/agreements/48b53a51-9502-5470-aed0-56b4cd3c7ddd?valid_at=2018-12-31",
    "/recruitments/f5efa503-80b8-5046-ad8a-7e8bf54c86a4",
    "/search?q=mirzec",
    "/search?q=84",
    "/explain?of=/api/projects/{liderzy}/explain/value",
    "/institutions/a5b665ee-7705-5eab-99f6-8f60fe610011",
    "/persons/fc8cc5ef-b3df-591d-b5b0-8ceefc1b179e",
    "/institutions",
    "/institutions?sector=ngo&name=nic",
    "/projects/{liderzy}/agreements",
    "/teams/1e967b0b-4ddd-5f54-b60e-7f6b73479c35?valid_at=2019-05-13",
    "/projects/{liderzy}/expenditures",
    "/projects/{liderzy}/expenditures?q=Kompas&sort=-gross&status=approved",
    "/projects/{liderzy}/expenditures/record",
    "/expenditures/4e5e5939-21d1-5659-9496-9f28eec4d9bc",
    "/projects/{liderzy}/imports",
    "/projects/{liderzy}/budget",
    "/projects/{liderzy}/budget?by=source",
    "/projects/{liderzy}/set-budget",
    "/teams/1e967b0b-4ddd-5f54-b60e-7f6b73479c35/appoint",
    "/activities/7331e762-b7d9-58c3-92f5-33cc0e8f7c45/record-attendance",
    "/projects/{liderzy}/claims",
    "/claims/75afdcc4-2a74-5f11-9c9d-5b951c7e49f9?show=all",
    "/claims/878a0297-a641-55be-ac6a-556aa1ecb6a6",
    "/expenditures/create",
    "/events",
    "/events?type=project.amended&effective_from=2020-01-01",
    "/events/85",
    "/events/120",
    "/agreements/create",
    "/activities/create",
    "/recruitments/create",
    "/persons/create",
    "/samples/create",
    "/projects/{liderzy}/set-indicator",
    "/teams/1e967b0b-4ddd-5f54-b60e-7f6b73479c35/dismiss",
)
