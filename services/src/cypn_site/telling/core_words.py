"""What core says in English, for those who translate: pages look it up when they show it."""

from __future__ import annotations

from cypn_site.language import marked

HELD = (
    marked("Your profile and your contacts"),
    marked("So that your partners and the coordinator can reach you."),
    marked("while you are a member"),
    marked("How the hub got your addresses"),
    marked("So that you can ask whoever gave them."),
    marked("while they are yours"),
    marked("Your checks"),
    marked("Only whoever was checked may search and be found. Outcomes and dates; no papers."),
    marked("Your needs and offers"),
    marked("They are what is matched; what comes up later is offered to you."),
    marked("while you are a member; drafts for days only"),
    marked("Your agreements and what was asked"),
    marked("So that nothing is booked twice, and everybody is served in turn."),
    marked("for good, under no name once you are erased: the counts depend on them"),
    marked("Your messages"),
    marked("They are your inbox."),
    marked("What was mailed to you"),
    marked("So that each letter goes once, and none where you want none."),
    marked("Your API keys and calendar feeds"),
    marked("They let your own programs in. Digests only: nobody can read them out."),
    marked("Who of you is signed in"),
    marked("So that whoever signed in stays so for a while. Digests and marks, no addresses."),
    marked("until you sign out or the time is over"),
    marked("Answers to requests, for when they are sent again"),
    marked("So that a request that is sent twice changes once."),
    marked("The log of what happened"),
    marked("So that it can be proved who did what. It holds ids and codes, no names."),
    marked("for good; what people wrote in it goes when you are erased"),
    marked("Who looked at who you are"),
    marked("So that you see who looked, and why."),
    marked("as the log"),
    marked("Your complaints"),
    marked("So that each is answered."),
)
"""What is held of a group, why, and for how long."""
LOOKED = (
    marked("to keep people safe"),
    marked("to look into a complaint"),
    marked("to mend a mistake"),
    marked("because nobody could be reached"),
    marked("because the law asks for it"),
)
"""Why somebody looked who a group is."""
OVERRIDDEN = (
    marked("whoever checks was not there in time"),
    marked("the renewal of your check is under way"),
    marked("your check was passed and its record is missing"),
    marked("somebody would be in need otherwise"),
)
"""Why a group takes part without a check in date."""
TURNED_AWAY = (
    marked("the place that you gave is outside the area of this network"),
    marked("this network is for groups and organisations, and not for single people"),
    marked("you are registered already; sign in with the address of your contact"),
    marked("the checks that this network needs could not be made"),
    marked("we could not reach you to ask what we had to know"),
)
"""Why a group is not taken."""
PROBLEMS = (
    marked("Some of what you sent cannot be used."),
    marked("This is not yours to do."),
    marked("Your checks are not complete yet."),
    marked("There is nothing here."),
    marked("There is nothing here under that id."),
    marked("This address does not do that."),
    marked("This cannot be done in the present state."),
    marked("Somebody else was first."),
    marked("It was changed since you read it."),
    marked("You came too often in a short time."),
    marked("Something went wrong on our side."),
    marked("The body is too large."),
)
"""What a page says that cannot be shown."""
ROLES = (marked("seeker"), marked("holder"))
"""The sides of every agreement, as which groups are checked."""

DESK = (
    marked("%(action)s: due since %(day)s, and not done though a reminder was sent."),
    marked("Ring whoever has to do it: the record of what took place is whole again."),
)
"""What a coordinator's work list says of actions that are overdue."""
HELD_BACK = (
    marked("An agreement is held and lacks a part: it is given up on %(day)s."),
    marked("Ring who could play it. Groups that wait for it: %(groups)s."),
    marked("The rule %(rule)s failed on %(day)s, so that nobody knows whether it holds."),
    marked("Look whether the agreement may stand. Groups in it: %(groups)s."),
)
"""What it says of agreements that lack a part, and of rules that failed."""
