#!/usr/bin/env python3
"""Prints what a gateway would pass on to one connected user: one line for each update, as it arrives.

    pip install pika
    python3 consume_updates.py --tenant tnt_teashop --user maria --user-type contact

It shows the three things that every consumer of updates has to do (docs/consumers.md): bind a queue of its own, drop what
belongs to another tenant or user, and drop what it has seen before.
"""
import argparse
import collections
import json
import os
import sys

import pika

# An update that arrives again does so soon: after a lost connection, or from a sweep some minutes later.
REMEMBERED = 10_000


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default=os.environ.get("RABBITMQ_URL", "amqp://guest:guest@localhost:5672/%2F"))
    parser.add_argument("--exchange", default=os.environ.get("RABBITMQ_UPDATES_EXCHANGE", "chat3_updates"))
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--user-type", default="user", help="the type of the user's record, which the routing key names")
    parser.add_argument("--connection", default="1", help="tells the connections of one user apart")
    parser.add_argument("--count", type=int, default=0, help="end after this many updates; 0: never")
    return parser.parse_args()


class Seen:
    """The ids of the latest messages."""

    def __init__(self, size):
        self.order = collections.deque()
        self.ids = set()
        self.size = size

    def is_new(self, message_id):
        if message_id in self.ids:
            return False
        self.ids.add(message_id)
        self.order.append(message_id)
        if len(self.order) > self.size:
            self.ids.discard(self.order.popleft())
        return True


def main():
    arguments = parse_arguments()
    if set(arguments.user + arguments.user_type) & set("*#"):
        sys.exit("A user id that holds * or # cannot stand in a binding: bind update.# and filter by the headers instead.")
    channel = pika.BlockingConnection(pika.URLParameters(arguments.url)).channel()
    queue = f"user_{arguments.user}_conn_{arguments.connection}_updates"
    # Durable, so that a user who is offline for a moment misses nothing; what nobody fetches is gone after an hour.
    channel.queue_declare(queue, durable=True, arguments={"x-message-ttl": 3_600_000})
    channel.queue_bind(queue, arguments.exchange, f"update.*.{arguments.user_type}.{arguments.user}.*")
    channel.basic_qos(prefetch_count=100)
    print(f"waiting for updates in {queue}", file=sys.stderr, flush=True)

    seen = Seen(REMEMBERED)
    shown = 0
    for method, properties, body in channel.consume(queue):
        headers = properties.headers or {}
        # The routing key does not name the tenant, and dots in ids make the keys of two users equal.
        is_mine = headers.get("tenantId") == arguments.tenant and headers.get("userId") == arguments.user
        if is_mine and seen.is_new(properties.message_id):
            update = json.loads(body)
            print(properties.message_id, properties.type, update["eventType"], update["entityId"], flush=True)
            shown += 1
        # Only now: an update that was not passed on comes again.
        channel.basic_ack(method.delivery_tag)
        if arguments.count and shown >= arguments.count:
            break
    channel.connection.close()


if __name__ == "__main__":
    main()
