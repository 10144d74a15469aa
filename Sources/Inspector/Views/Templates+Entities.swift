extension Templates {
  static let event = #"""
    {{#reports}}
    <div class="head"><h1>Event <span class="kind kind-{{kind}}">{{eventType}}</span></h1></div>
    <dl class="facts">
    <div><dt>Event</dt><dd><code>{{id}}</code></dd></div>
    <div><dt>Tenant</dt><dd>{{tenant}}</dd></div>
    {{#dialogLink}}<div><dt>Dialog</dt><dd><a href="{{dialogLink}}">{{dialog}}</a></dd></div>{{/dialogLink}}
    <div><dt>Makes</dt><dd>{{makes}}</dd></div>
    <div><dt>What became of it</dt><dd{{#isBad}} class="bad"{{/isBad}}>{{outcome}}</dd></div>
    <div><dt>Updates</dt><dd><a href="{{searchLink}}">{{updates}}</a>{{#isUnpublished}}, <span class="no">{{unpublished}} unpublished</span>{{/isUnpublished}}{{#hasMoreUpdates}}, and more that were made before{{/hasMoreUpdates}}</dd></div>
    {{#timelineText}}<div><dt>Publication</dt><dd>{{timelineText}}</dd></div>{{/timelineText}}
    </dl>
    <section><div class="head"><h2>Who got what, and who got nothing</h2>
    <nav class="filters" aria-label="Filters">{{#filters}}<a href="{{link}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{title}}</a>{{/filters}}</nav></div>
    <div class="wide"><table class="who">
    <thead><tr><th scope="col">Recipient</th><th scope="col">Got</th><th scope="col">Stored</th><th scope="col">Published after</th><th scope="col">Why</th><th scope="col">Routing key</th></tr></thead>
    <tbody>
    {{#people}}<tr data-row{{^hasGot}} class="without"{{/hasGot}}>
    <td data-label="Recipient"><a href="{{userLink}}"{{^hasGot}} class="open"{{/hasGot}}>{{user}}</a></td>
    <td data-label="Got">{{#hasGot}}<a class="open kind kind-{{kind}}" href="{{link}}">{{type}}</a>{{/hasGot}}{{^hasGot}}nothing{{/hasGot}}</td>
    <td data-label="Stored">{{#hasGot}}<time data-ms="{{time.ms}}">{{time.text}}</time>{{/hasGot}}</td>
    <td data-label="Published after">{{#hasGot}}{{#isPublished}}{{delay}}{{/isPublished}}{{^isPublished}}<span class="no">not published</span>{{/isPublished}}{{/hasGot}}</td>
    <td data-label="Why">{{why}}</td>
    <td data-label="Routing key" class="key"><code>{{.key}}</code></td>
    </tr>
    {{/people}}</tbody></table></div>
    {{^people}}<p class="empty">Nobody.</p>{{/people}}
    {{#hasMoreMembers}}<p class="note">There are more members than are looked at.</p>{{/hasMoreMembers}}
    <p class="note">Who is a member, and why, is told by the state as it is now.</p>
    </section>
    {{#explained}}<section><h2>Explanation <span class="badge">by the state as it is now</span></h2>
    <dl class="stations">{{#stations}}<div><dt>{{name}}</dt><dd>{{text}}</dd></div>{{/stations}}</dl>
    {{> noted}}
    {{#hasLookUps}}<details><summary>What is looked up</summary><div class="wide"><table class="small"><thead><tr><th scope="col">Collection</th><th scope="col">Key</th><th scope="col">Found</th></tr></thead><tbody>
    {{#lookUps}}<tr><td>{{collection}}</td><td>{{key}}</td><td>{{#isMissing}}<span class="no">{{found}}</span>{{/isMissing}}{{^isMissing}}{{found}}{{/isMissing}}</td></tr>
    {{/lookUps}}</tbody></table></div></details>{{/hasLookUps}}
    {{#hasPeople}}<details><summary>Why everybody gets what, or nothing</summary><div class="wide"><table class="who"><thead><tr><th scope="col">Person</th><th scope="col">Roles</th><th scope="col">Gets</th><th scope="col">Update of the event</th><th scope="col">Statistics</th></tr></thead><tbody>
    {{#people}}<tr{{#getsNothing}} class="without"{{/getsNothing}}><td data-label="Person"><a href="{{userLink}}">{{user}}</a></td><td data-label="Roles">{{roles}}</td><td data-label="Gets">{{gets}}{{#getsNothing}}nothing{{/getsNothing}}</td><td data-label="Update of the event">{{ordinary}}</td><td data-label="Statistics">{{statistics}}</td></tr>
    {{/people}}</tbody></table></div>{{#hasMoreMembers}}<p class="note">There are more members than are looked at.</p>{{/hasMoreMembers}}</details>{{/hasPeople}}</section>{{/explained}}
    {{#dryRun}}<section><h2>Dry run <span class="badge">by the state as it is now</span></h2>
    <p class="legend">{{#counts}}<span class="kind{{^isSome}} none{{/isSome}}">{{count}} {{name}}</span> {{/counts}}</p>
    {{#isSame}}<p class="good">It would make exactly what is stored.</p>{{/isSame}}
    {{#isCut}}<p class="note">There are more updates than were compared; nothing is called missing or unexpected.</p>{{/isCut}}
    {{#hasLines}}<div class="wide"><table class="who"><thead><tr><th scope="col">Recipient</th><th scope="col">Type</th><th scope="col">Verdict</th><th scope="col">Differences: stored → made now</th></tr></thead><tbody>
    {{#lines}}<tr><td data-label="Recipient">{{#isStored}}<a href="{{link}}">{{user}}</a>{{/isStored}}{{^isStored}}{{user}}{{/isStored}}</td><td data-label="Type"><span class="kind kind-{{kind}}">{{type}}</span></td><td data-label="Verdict">{{verdict}}</td><td data-label="Differences"><ul class="plain">{{#differences}}<li><code>{{path}}</code>{{#isShown}}: <code>{{stored}}</code> → <code>{{made}}</code>{{/isShown}}</li>{{/differences}}</ul></td></tr>
    {{/lines}}</tbody></table></div>{{/hasLines}}</section>{{/dryRun}}
    {{^explained}}<p class="note">The store does not have the event itself, so that it cannot be explained or tried again.</p>{{> noted}}{{/explained}}
    {{#timeline}}<section><h2>Timeline</h2>{{#timelineNote}}<p class="note">{{timelineNote}}</p>{{/timelineNote}}<div class="picture">{{{timeline}}}</div></section>{{/timeline}}
    {{> copies}}
    {{/reports}}
    """#

  /// What the ledger of a replay has kept of an event.
  static let noted = #"""
    {{#hasNoted}}<h3 class="subtitle">Noted when it was handled</h3><ul class="plain noted">{{#noted}}<li>{{.}}</li>{{/noted}}</ul>{{/hasNoted}}
    """#

  static let user = #"""
    <div class="head"><h1>User {{id}}</h1><p class="links"><a href="{{searchLink}}">Search these updates</a></p></div>
    <div class="cards">
    <section class="card"><h2>Statistics</h2>
    <p class="{{#agrees}}good{{/agrees}}{{#differs}}bad{{/differs}}">{{verdict}}</p>
    <table class="small"><thead><tr><th scope="col">What</th><th scope="col">Dialogs</th><th scope="col">Unread</th></tr></thead><tbody>
    {{#last}}<tr><th scope="row"><a href="{{link}}">Last sent</a>{{^isPublished}} <span class="no">unpublished</span>{{/isPublished}}</th><td>{{dialogs}}</td><td>{{unread}}</td></tr>{{/last}}
    <tr><th scope="row">Memberships now</th><td>{{dialogs}}</td><td>{{unread}}</td></tr>
    </tbody></table></section>
    <section class="card"><h2>Gateway</h2>
    <dl class="facts narrow"><div><dt>Tenant</dt><dd>{{tenant}}</dd></div><div><dt>Type</dt><dd>{{userType}}</dd></div><div><dt>Binding</dt><dd><code>{{binding}}</code></dd></div><div><dt>Queue</dt><dd><code>{{queue}}</code></dd></div><div><dt>Or, for each connection</dt><dd><code>{{connectionQueue}}</code></dd></div></dl>
    {{#warnings}}<p class="warning">{{.}}</p>{{/warnings}}</section>
    {{#hasMemberships}}<section class="card"><h2>Memberships</h2>
    <div class="wide scroll" tabindex="0" role="region" aria-label="Memberships"><table class="small"><thead><tr><th scope="col">Dialog</th><th scope="col">Active</th><th scope="col">Unread</th></tr></thead><tbody>
    {{#memberships}}<tr><td><a href="{{link}}">{{dialog}}</a></td><td>{{#isActive}}yes{{/isActive}}{{^isActive}}<span class="no">no</span>{{/isActive}}</td><td>{{unread}}</td></tr>
    {{/memberships}}</tbody></table></div>{{#hasMoreMemberships}}<p class="note">and more</p>{{/hasMoreMemberships}}</section>{{/hasMemberships}}
    </div>
    <section><h2>What the user was sent, in order</h2>
    {{#nextLink}}<p class="more"><a class="button" href="{{nextLink}}">Older updates</a></p>{{/nextLink}}
    {{#hasRows}}{{> update-table}}{{/hasRows}}
    {{^hasRows}}<p class="empty">No updates were found.</p>{{/hasRows}}
    {{#note}}<p class="note">{{note}}</p>{{/note}}</section>
    {{> copies}}
    """#

  static let dialog = #"""
    <div class="head"><h1>Dialog {{id}}</h1><p class="links">Tenant {{tenant}} · <a href="{{searchLink}}">Search its updates</a></p></div>
    {{^hasRecord}}<p class="warning">There is no record of this dialog.</p>{{/hasRecord}}
    <div class="beside">
    <section><h2>Last events</h2>
    {{#hasEvents}}<div class="wide"><table class="updates"><thead><tr><th scope="col">Last update</th><th scope="col">Event</th><th scope="col">Updates</th><th scope="col">Unpublished</th></tr></thead><tbody>
    {{#events}}<tr data-row data-event="{{link}}"><td data-label="Last update"><time data-ms="{{time.ms}}">{{time.text}}</time></td><td data-label="Event"><a class="open kind kind-{{kind}}" href="{{link}}">{{eventType}}</a></td><td data-label="Updates">{{updates}}</td><td data-label="Unpublished">{{#isUnpublished}}<span class="no">{{unpublished}}</span>{{/isUnpublished}}{{^isUnpublished}}0{{/isUnpublished}}</td></tr>
    {{/events}}</tbody></table></div>{{/hasEvents}}
    {{^hasEvents}}<p class="empty">No events were found.</p>{{/hasEvents}}
    {{#note}}<p class="note">{{note}}</p>{{/note}}{{#seenBy}}<p class="note">{{seenBy}}</p>{{/seenBy}}</section>
    <section><h2>Members</h2>
    {{#hasMembers}}<div class="wide"><table class="small"><thead><tr><th scope="col">Member</th><th scope="col">Active</th><th scope="col">Unread</th><th scope="col">Last seen</th></tr></thead><tbody>
    {{#members}}<tr data-row><td data-label="Member"><a class="open" href="{{link}}">{{user}}</a></td><td data-label="Active">{{#isActive}}yes{{/isActive}}{{^isActive}}<span class="no">no</span>{{/isActive}}</td><td data-label="Unread">{{unread}}</td><td data-label="Last seen">{{#seen}}<time data-ms="{{seen.ms}}">{{seen.text}}</time>{{/seen}}</td></tr>
    {{/members}}</tbody></table></div>{{#hasMoreMembers}}<p class="note">and more</p>{{/hasMoreMembers}}{{/hasMembers}}
    {{^hasMembers}}<p class="empty">No members.</p>{{/hasMembers}}</section>
    </div>
    {{> copies}}
    """#
}
