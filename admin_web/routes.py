"""Every address of the web with the rule of who may ask for it. There is no page without one."""

from __future__ import annotations

from typing import NamedTuple

from admin_web import auth, live
from admin_web.admin import (
    catalog,
    groups,
    hours,
    houses,
    quarantine,
    quickreplies,
    senders,
    settings,
    staff,
)
from admin_web.desk import (
    actions,
    calls,
    cases,
    contacts,
    failures,
    files,
    forms,
    lengths,
    mails,
    mysettings,
    newcases,
    outgoing,
    typing,
)
from admin_web.desk import quickreplies as popover
from admin_web.guard import Handler, Rule


class Route(NamedTuple):
    """Method, address, rule, handler."""

    method: str
    path: str
    rule: Rule
    handler: Handler


CALL = calls.PAGE + "/{id}"
CASE = r"/desk/cases/{number:\d{1,15}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", "staff", auth.home),
    Route("GET", "/login", "anybody", auth.door),
    Route("POST", "/login", "anybody", auth.log_in),
    Route("POST", "/logout", "staff", auth.log_out),
    Route("GET", "/password", "staff", auth.password_page),
    Route("POST", "/password", "staff", auth.change_password),
    # the desk
    Route("GET", "/desk", "case.read", cases.desk),
    Route("GET", "/desk/list", "case.read", cases.items),
    Route("GET", "/desk/live", "case.read", live.stream),
    Route("GET", "/desk/new", "case.create", newcases.sheet),
    Route("POST", "/desk/new", "case.create", newcases.open_),
    Route("POST", "/desk/files", "file.upload", files.upload),
    Route("GET", mysettings.PAGE, "staff", mysettings.page),
    Route("POST", mysettings.PAGE, "staff", mysettings.save),
    Route("POST", "/desk/shift", "staff", mysettings.shift),
    Route("GET", contacts.PAGE, "contact.read", contacts.book),
    Route("GET", contacts.ONE, "contact.read", contacts.card),
    Route("POST", contacts.ONE, "contact.edit", contacts.edit),
    Route("GET", contacts.ONE + "/timeline", "contact.read", contacts.timeline),
    Route("GET", contacts.ONE + "/edit", "contact.edit", contacts.edit_sheet),
    Route("GET", contacts.ONE + "/compare", "contact.read", contacts.compare),
    Route("POST", contacts.ONE + "/merge", "contact.merge", contacts.merge),
    Route("POST", contacts.ONE + "/split", "contact.merge", contacts.split),
    Route("POST", contacts.ONE + "/detach", "contact.merge", contacts.detach),
    Route("POST", contacts.ONE + "/code", "contact.edit", contacts.ask_code),
    Route("GET", contacts.ONE + "/write", "case.create", outgoing.sheet),
    Route("POST", contacts.ONE + "/write", "case.create", outgoing.write),
    Route("POST", contacts.ONE + "/length", "case.create", outgoing.length),
    Route("GET", failures.PAGE, "case.retry", failures.page),
    Route("POST", failures.PAGE + "/retry", "case.retry", failures.retry),
    Route("POST", failures.PAGE + "/dismiss", "case.retry", failures.dismiss),
    Route("GET", failures.PAGE + "/{id}/ways", "case.retry", failures.ways),
    Route("POST", failures.PAGE + "/{id}/retry", "case.retry", failures.send_by),
    Route("GET", calls.PAGE, "call.read", calls.page),
    Route("GET", calls.PAGE + "/ringing", "call.read", calls.window),
    Route("POST", calls.PAGE + "/dial", "call.dial", calls.dial),
    Route("GET", CALL + "/attach", "call.attach", calls.picker),
    Route("POST", CALL + "/attach", "call.attach", calls.attach),
    Route("POST", CALL + "/detach", "call.attach", calls.detach),
    Route("POST", CALL + "/spam", "case.spam", calls.block),
    Route("POST", CALL + "/again", "call.read", calls.again),
    Route("POST", CALL + "/hangup", "call.dial", calls.hang_up),
    Route("GET", CALL + "/transfer", "call.dial", calls.whom),
    Route("POST", CALL + "/transfer", "call.dial", calls.transfer),
    Route("GET", "/calls/{id}/recording", "call.read", calls.recording),
    Route("POST", "/desk/callbacks/{id}/take", "callback.work", calls.take),
    Route("POST", "/desk/callbacks/{id}/back", "callback.work", calls.give_back),
    Route("POST", "/desk/callbacks/{id}/done", "callback.work", calls.done),
    Route("GET", "/files/{id}", "case.read", files.read),
    Route("GET", CASE, "case.read", cases.case_page),
    Route("GET", CASE + "/pane", "case.read", cases.pane),
    Route("GET", CASE + "/older", "case.read", cases.older),
    Route("GET", CASE + "/mail/{seq}", "case.read", mails.page),
    Route("POST", CASE + "/guest/answer", "case.reply", mails.answer),
    Route("GET", CASE + "/history", "case.read", cases.older_history),
    Route("GET", CASE + "/quick-replies", "quick_reply.use", popover.popover),
    Route("POST", CASE + "/length", "case.reply", lengths.length),
    Route("POST", CASE + "/typing", "case.reply", typing.typing),
    *(
        Route("GET", f"{CASE}/forms/{name}", forms.right_of(name), forms.handler(name))
        for name in forms.FORMS
    ),
    *(
        Route("POST", f"{CASE}/{name}", right, actions.handler(name))
        for name, (_, right, _) in actions.ACTIONS.items()
    ),
    # settings
    Route("GET", "/admin", "staff", settings.first),
    Route("GET", "/admin/quick-replies", "quick_reply.use", quickreplies.index),
    Route("GET", "/admin/quick-replies/export", "quick_reply.use", quickreplies.export),
    Route("POST", "/admin/quick-replies/import", "quick_reply.edit", quickreplies.bring),
    Route("POST", "/admin/quick-replies/preview", "quick_reply.use", quickreplies.preview),
    Route("GET", "/admin/quick-replies/{id}", "quick_reply.use", quickreplies.edit),
    Route("POST", "/admin/quick-replies/{id}", "quick_reply.use", quickreplies.save),
    Route("POST", "/admin/quick-replies/{id}/delete", "quick_reply.use", quickreplies.delete),
    Route("POST", "/admin/quick-replies/{id}/restore", "quick_reply.use", quickreplies.restore),
    Route("GET", "/admin/staff", "staff.edit", staff.index),
    Route("GET", "/admin/staff/new", "staff.edit", staff.new),
    Route("POST", "/admin/staff/new", "staff.edit", staff.add),
    Route("GET", "/admin/staff/{login}", "staff.edit", staff.edit),
    Route("POST", "/admin/staff/{login}", "staff.edit", staff.save),
    Route("POST", "/admin/staff/{login}/link", "staff.edit", staff.link),
    Route("POST", "/admin/staff/{login}/unlink", "staff.edit", staff.unlink),
    Route("POST", "/admin/staff/{login}/deactivate", "staff.edit", staff.deactivate),
    Route("POST", "/admin/staff/{login}/activate", "staff.edit", staff.activate),
    Route("GET", "/admin/groups", "group.edit", groups.index),
    Route("GET", "/admin/groups/{id}", "group.edit", groups.edit),
    Route("POST", "/admin/groups/{id}", "group.edit", groups.save),
    Route("POST", "/admin/groups/{id}/forum", "group.edit", groups.connect),
    Route("POST", "/admin/groups/{id}/forum/off", "group.edit", groups.disconnect),
    Route("GET", "/admin/houses", "house.edit", houses.index),
    Route("GET", "/admin/houses/export", "house.edit", houses.export),
    Route("POST", "/admin/houses/import", "house.edit", houses.bring),
    Route("GET", "/admin/houses/sheets.pdf", "house.edit", houses.sheets_of_many),
    Route("GET", "/admin/houses/{code}", "house.edit", houses.edit),
    Route("POST", "/admin/houses/{code}", "house.edit", houses.save),
    Route("POST", "/admin/houses/{code}/deactivate", "house.edit", houses.deactivate),
    Route("POST", "/admin/houses/{code}/activate", "house.edit", houses.activate),
    Route("GET", "/admin/houses/{code}/qr.png", "house.edit", houses.code),
    Route("GET", "/admin/houses/{code}/sheet.pdf", "house.edit", houses.sheet),
    Route("GET", "/admin/hours", "hours.edit", hours.index),
    Route("GET", "/admin/hours/{id}", "hours.edit", hours.edit),
    Route("POST", "/admin/hours/{id}", "hours.edit", hours.save),
    Route("POST", "/admin/hours/{id}/delete", "hours.edit", hours.drop),
    Route("GET", "/admin/results", "result.edit", catalog.results),
    Route("GET", "/admin/results/{id}", "result.edit", catalog.result),
    Route("POST", "/admin/results/{id}", "result.edit", catalog.save_result),
    Route("GET", "/admin/types", "result.edit", catalog.types),
    Route("GET", "/admin/types/{id}", "result.edit", catalog.type_),
    Route("POST", "/admin/types/{id}", "result.edit", catalog.save_type),
    Route("GET", "/admin/deadlines", "deadline.edit", catalog.deadlines),
    Route("GET", "/admin/deadlines/{id}", "deadline.edit", catalog.deadline),
    Route("POST", "/admin/deadlines/{id}", "deadline.edit", catalog.save_deadline),
    Route("POST", "/admin/deadlines/{id}/delete", "deadline.edit", catalog.drop_deadline),
    Route("GET", "/admin/senders", "spam_rule.edit", senders.index),
    Route("GET", "/admin/senders/{id}", "spam_rule.edit", senders.edit),
    Route("POST", "/admin/senders/{id}", "spam_rule.edit", senders.save),
    Route("POST", "/admin/senders/{id}/delete", "spam_rule.edit", senders.drop),
    Route("GET", "/admin/quarantine", "inbox.read", quarantine.index),
    Route("POST", "/admin/quarantine/replay", "inbox.replay", quarantine.replay_all),
    Route("GET", "/admin/quarantine/{id}", "inbox.read", quarantine.read),
    Route("POST", "/admin/quarantine/{id}/replay", "inbox.replay", quarantine.replay),
)
