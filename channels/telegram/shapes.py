"""The part of the Bot API's objects that the hub reads (core.telegram.org/bots/api)."""

from __future__ import annotations

from typing import Any

import msgspec


class User(msgspec.Struct):
    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Chat(msgspec.Struct):
    id: int
    type: str = "private"


class Entity(msgspec.Struct):
    """`offset` and `length` in UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str = ""


class File(msgspec.Struct):
    """Any file object: photo size, document, voice, video, video note, audio, sticker."""

    file_id: str
    file_unique_id: str = ""
    file_size: int = 0
    file_name: str = ""
    mime_type: str = ""
    duration: int = 0
    width: int = 0
    height: int = 0
    emoji: str = ""
    is_animated: bool = False
    is_video: bool = False


class SharedContact(msgspec.Struct):
    phone_number: str
    first_name: str = ""
    last_name: str = ""
    user_id: int = 0

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Point(msgspec.Struct):
    latitude: float
    longitude: float


class Venue(msgspec.Struct):
    location: Point
    title: str = ""
    address: str = ""


class Option(msgspec.Struct):
    text: str = ""


class Poll(msgspec.Struct):
    question: str = ""
    options: list[Option] = []


class Dice(msgspec.Struct):
    emoji: str = ""
    value: int = 0


class Checklist(msgspec.Struct):
    title: str = ""
    tasks: list[Option] = []


class Quoted(msgspec.Struct):
    message_id: int


class Message(msgspec.Struct):
    """`chat` and `date` are always there; what else is there says what kind of message it is."""

    message_id: int
    date: int
    chat: Chat
    sender: User | None = msgspec.field(name="from", default=None)
    edit_date: int = 0
    text: str = ""
    caption: str = ""
    entities: list[Entity] = []
    caption_entities: list[Entity] = []
    media_group_id: str = ""
    reply_to_message: Quoted | None = None
    photo: list[File] = []
    document: File | None = None
    animation: File | None = None
    voice: File | None = None
    video: File | None = None
    video_note: File | None = None
    audio: File | None = None
    sticker: File | None = None
    contact: SharedContact | None = None
    location: Point | None = None
    venue: Venue | None = None
    poll: Poll | None = None
    dice: Dice | None = None
    checklist: Checklist | None = None


class CarryingMessage(msgspec.Struct):
    """The message under which a button stands; an old one comes without its content."""

    message_id: int
    chat: Chat


class CallbackQuery(msgspec.Struct):
    id: str
    sender: User = msgspec.field(name="from")
    message: CarryingMessage | None = None
    data: str = ""


class Member(msgspec.Struct):
    status: str


class MemberUpdated(msgspec.Struct):
    chat: Chat
    date: int
    sender: User = msgspec.field(name="from")
    old_chat_member: Member
    new_chat_member: Member


class Update(msgspec.Struct):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: MemberUpdated | None = None


class Loose(msgspec.Struct):
    """Only which fields a message has, for telling news of the service from unknown content."""

    message: dict[str, Any] | None = None


# What Telegram itself writes into a chat; nobody said anything.
SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "message_auto_delete_timer_changed",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "pinned_message",
        "users_shared",
        "chat_shared",
        "connected_website",
        "write_access_allowed",
        "passport_data",
        "proximity_alert_triggered",
        "boost_added",
        "chat_background_set",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
        "web_app_data",
        "successful_payment",
        "refunded_payment",
        "gift",
        "unique_gift",
        "checklist_tasks_done",
        "checklist_tasks_added",
    }
)

update = msgspec.json.Decoder(Update)
loose = msgspec.json.Decoder(Loose)
