"""What staff call a layout, a reason and a step of a copy's way to the family."""

from convo.summary.content import Layout
from convo.summary.rules import DeliveryWay, IssueReason

LAYOUT_NAMES: dict[Layout, str] = {
    "side": "Side by side",
    "halves": "English, then their language",
    "large": "Large print",
    "english": "English only",
}
WAY_NAMES = {
    DeliveryWay.PRINTED: "Printed, still to be given",
    DeliveryWay.PRINT_LIST: "On the office’s print list",
    DeliveryWay.PROMISED: "Promised",
    DeliveryWay.GIVEN: "Printed and given",
    DeliveryWay.EXPLAINED: "Explained aloud",
    DeliveryWay.SENT: "Sent",
    DeliveryWay.COLLECTED: "Collected",
}
REASON_NAMES = {
    IssueReason.FIRST: "The first copy",
    IssueReason.CORRECTION: "A correction",
    IssueReason.TRANSLATION: "The same agreement, in another language",
}
