#!/usr/bin/env node
// Prints what a gateway would pass on to one connected user: one line for each update, as it arrives.
//
//     npm install amqplib
//     node consume-updates.mjs --tenant tnt_teashop --user maria --user-type contact
//
// It shows the three things that every consumer of updates has to do (docs/consumers.md): bind a queue of its own, drop
// what belongs to another tenant or user, and drop what it has seen before.
import { parseArgs } from 'node:util'
import amqp from 'amqplib'

// An update that arrives again does so soon: after a lost connection, or from a sweep some minutes later.
const remembered = 10_000

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.RABBITMQ_URL ?? 'amqp://guest:guest@localhost:5672/%2F' },
    exchange: { type: 'string', default: process.env.RABBITMQ_UPDATES_EXCHANGE ?? 'chat3_updates' },
    tenant: { type: 'string' },
    user: { type: 'string' },
    'user-type': { type: 'string', default: 'user' },
    connection: { type: 'string', default: '1' },
    count: { type: 'string', default: '0' }
  }
})
const { tenant, user } = values
if (!tenant || !user) {
  console.error('--tenant and --user are needed')
  process.exit(64)
}
if (/[*#]/.test(user + values['user-type'])) {
  console.error('A user id that holds * or # cannot stand in a binding: bind update.# and filter by the headers instead.')
  process.exit(64)
}

const connection = await amqp.connect(values.url)
const channel = await connection.createChannel()
const queue = `user_${user}_conn_${values.connection}_updates`
// Durable, so that a user who is offline for a moment misses nothing; what nobody fetches is gone after an hour.
await channel.assertQueue(queue, { durable: true, arguments: { 'x-message-ttl': 3_600_000 } })
await channel.bindQueue(queue, values.exchange, `update.*.${values['user-type']}.${user}.*`)
await channel.prefetch(100)
console.error(`waiting for updates in ${queue}`)

// A Set keeps the order in which its values were added, so that the first is the oldest.
const seen = new Set()
let shown = 0
await channel.consume(queue, async message => {
  if (message === null) {
    console.error('RabbitMQ has cancelled the consumer')
    process.exit(69)
  }
  const { headers = {}, messageId, type } = message.properties
  // The routing key does not name the tenant, and dots in ids make the keys of two users equal.
  if (headers.tenantId === tenant && headers.userId === user && !seen.has(messageId)) {
    seen.add(messageId)
    if (seen.size > remembered) seen.delete(seen.values().next().value)
    // Numbers of more than 53 bits lose digits in JSON.parse; pass the text on as it is where that matters.
    const update = JSON.parse(message.content.toString('utf8'))
    console.log(messageId, type, update.eventType, update.entityId)
    shown += 1
  }
  // Only now: an update that was not passed on comes again.
  channel.ack(message)
  if (Number(values.count) > 0 && shown >= Number(values.count)) {
    await channel.close()
    await connection.close()
    process.exit(0)
  }
})
