"""On what does each rule rest? Regulations by the period to which a project belongs, agreements."""

from collections.abc import Mapping

from ledger.findings.wording import Text

CPR_2014, CPR_2021 = "1303/2013", "2021/1060"


def regulations(old: Text, new: Text) -> Mapping[str, Text]:
    """The basis in the period 2014-2020, and the one in 2021-2027."""
    return {CPR_2014: old, CPR_2021: new}


def always(pl: str, en: str) -> Mapping[str, Text]:
    """The basis in every period."""
    return regulations(Text(pl, en), Text(pl, en))


def of_2014(pl: str, en: str) -> Text:
    """A provision of the regulation of 2013."""
    return Text(f"{pl} rozporządzenia (UE) nr 1303/2013", f"{en} of Regulation (EU) No 1303/2013")


def of_2021(pl: str, en: str) -> Text:
    """A provision of the regulation of 2021."""
    return Text(f"{pl} rozporządzenia (UE) 2021/1060", f"{en} of Regulation (EU) 2021/1060")


def of_audit_trail(pl: str, en: str) -> Text:
    """A provision of the delegated regulation of 2014 on the audit trail."""
    return Text(
        f"{pl} rozporządzenia delegowanego (UE) nr 480/2014",
        f"{en} of Delegated Regulation (EU) No 480/2014",
    )


GRANT_AGREEMENT = always("umowa o dofinansowanie projektu", "the grant agreement")
