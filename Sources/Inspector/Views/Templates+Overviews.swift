extension Templates {
  static let overview = #"""
    <div class="head"><h1>Overview</h1>{{#newest}}<p class="links">Newest update: <a href="{{newestLink}}"><time data-ms="{{newest.ms}}">{{newest.text}}</time></a></p>{{/newest}}</div>
    {{#isEmpty}}<p class="empty">{{store}} holds no updates yet. Replay a timeline into it, or let the worker run; then load this page again.</p>{{/isEmpty}}
    {{#isUnknown}}<p class="empty">The newest updates could not be found in the time that a page has; search for a user or an event, which an index leads to.</p>{{/isUnknown}}
    <div class="cards numbers">
    <section class="card"><h2>Lag</h2><p class="number">{{#median}}<a href="{{medianLink}}">{{median}}</a>{{/median}}{{^median}}–{{/median}}</p><p>{{#median}}from stored to published, median of the newest <a href="{{sampleLink}}">{{sample}}</a>; the slowest took <a href="{{slowestLink}}">{{slowest}}</a>{{/median}}{{^median}}none of the newest updates is published{{/median}}</p></section>
    <section class="card"><h2>Unpublished</h2><p class="number{{#hasUnpublished}} bad{{/hasUnpublished}}"><a href="{{unpublishedLink}}">{{unpublished}}</a></p><p>{{#oldest}}the oldest of <time data-ms="{{oldest.ms}}">{{oldest.text}}</time>{{/oldest}}{{^oldest}}{{unpublishedNote}}{{/oldest}}</p></section>
    <section class="card"><h2>Dead letters</h2><p class="number"><a href="/dead-letters">{{#hasLetters}}{{letters}}{{/hasLetters}}{{^hasLetters}}–{{/hasLetters}}</a></p><p>{{#hasLetters}}in RabbitMQ{{/hasLetters}}{{^hasLetters}}started without RabbitMQ{{/hasLetters}}</p></section>
    {{#replay}}<section class="card"><h2>Last replay</h2><p class="number"><a href="{{link}}">{{updates}}</a></p><p>updates of {{events}}, {{^isComplete}}<span class="no">cut off</span> {{/isComplete}}<time data-ms="{{time.ms}}">{{time.text}}</time></p></section>{{/replay}}
    {{#verification}}<section class="card"><h2>Last verify</h2><p class="number{{#hasDifferences}} bad{{/hasDifferences}}"><a href="#verified">{{differences}}</a></p><p>differences, <time data-ms="{{time.ms}}">{{time.text}}</time></p></section>{{/verification}}
    {{#hasNoWork}}<section class="card"><h2>Last verify</h2><p class="number">–</p><p>{{workNote}}</p></section>{{/hasNoWork}}
    </div>
    {{#hasSpans}}<div class="head"><h2>Events and updates per {{span}}</h2><nav class="filters" aria-label="Length of a span">{{#spans}}<a href="{{link}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{name}}</a>{{/spans}}</nav></div>
    {{#countedTo}}<p class="note">Counted back to <time data-ms="{{countedTo.ms}}">{{countedTo.text}}</time>, as far as the time of a page allowed.</p>{{/countedTo}}{{/hasSpans}}
    {{#charts}}<section class="chart"><h3><a href="{{totalLink}}">{{total}} {{noun}}s</a></h3>
    <div class="picture">{{{svg}}}</div>
    <p class="legend">{{#types}}{{#isKnown}}<a class="kind kind-{{kind}}" href="{{link}}">{{type}} {{count}}</a>{{/isKnown}}{{^isKnown}}<span class="kind">{{type}} {{count}}</span>{{/isKnown}} {{/types}}</p></section>{{/charts}}
    {{#replay}}<section id="replayed"><h2>Last replay</h2>
    <p class="note">{{#isComplete}}It came to the end of its timelines{{/isComplete}}{{^isComplete}}It was cut off; the same command completes it. So far it ended{{/isComplete}} <time data-ms="{{time.ms}}">{{time.text}}</time>, after {{took}}.</p>
    <div class="wide"><table class="who"><thead><tr><th scope="col">What</th><th scope="col">How many</th><th scope="col">Of which</th></tr></thead><tbody>
    {{#rows}}<tr><td data-label="What">{{name}}</td><td data-label="How many">{{#hasLink}}<a href="{{link}}">{{count}}</a>{{/hasLink}}{{^hasLink}}{{count}}{{/hasLink}}</td><td data-label="Of which">{{parts}}</td></tr>
    {{/rows}}</tbody></table></div></section>{{/replay}}
    {{#verification}}<section id="verified"><h2>Last verify</h2>
    <p class="{{^hasDifferences}}good{{/hasDifferences}}{{#hasDifferences}}bad{{/hasDifferences}}">{{differences}} differences{{#kinds}}: {{kinds}}{{/kinds}}{{#repaired}}; {{repaired}} of them repaired{{/repaired}}.</p>
    <dl class="facts"><div><dt>Examined</dt><dd><a href="{{link}}">{{events}}, {{updates}}</a>, {{users}}</dd></div>
    <div><dt>Tenant</dt><dd>{{tenant}}</dd></div>
    <div><dt>Events from</dt><dd><time data-ms="{{since.ms}}">{{since.text}}</time></dd></div>
    {{#until}}<div><dt>Events before</dt><dd><time data-ms="{{until.ms}}">{{until.text}}</time></dd></div>{{/until}}
    <div><dt>Ended</dt><dd><time data-ms="{{time.ms}}">{{time.text}}</time>, after {{took}}</dd></div></dl>
    {{#command}}<details><summary>The command that names the differences</summary><pre class="copied">{{command}}</pre></details>{{/command}}</section>{{/verification}}
    {{#hasSlow}}<section><h2>Slowest events among the newest</h2><div class="wide"><table class="who"><thead><tr><th scope="col">Event</th><th scope="col">Stored</th><th scope="col">Published after</th></tr></thead><tbody>
    {{#slow}}<tr><td data-label="Event"><a class="kind kind-{{kind}}" href="{{link}}">{{eventType}}</a></td><td data-label="Stored"><time data-ms="{{time.ms}}">{{time.text}}</time></td><td data-label="Published after"><a href="{{link}}">{{delay}}</a></td></tr>
    {{/slow}}</tbody></table></div></section>{{/hasSlow}}
    {{#hasRows}}<section><h2>Newest updates</h2>{{> update-table}}</section>{{/hasRows}}
    <div class="copies"><a class="quiet" href="{{apiLink}}">This page as JSON</a></div>
    """#

  static let live = #"""
    <div class="head"><h1>Live</h1><p class="links"><a href="{{updatesLink}}">What is stored already</a></p></div>
    {{> pieces}}
    {{^hasMistakes}}
    <form class="filter" action="/live"><label for="filter">Only</label><input id="filter" name="q" value="{{q}}" placeholder="type:MessageUpdate" autocomplete="off" spellcheck="false"><button>Filter</button></form>
    <p class="note">{{sources}}</p>
    <div class="livebar"><button type="button" id="pause" aria-pressed="false">Pause</button><span id="state" role="status">Live updates need JavaScript; load Updates again instead.</span><span id="skipped"></span></div>
    <div class="wide"><table class="updates" id="tail" data-stream="{{stream}}">
    <thead><tr><th scope="col">Time</th><th scope="col">Recipient</th><th scope="col">Type</th><th scope="col">Event type</th><th scope="col">Entity</th><th scope="col">Published</th><th scope="col">Routing key</th></tr></thead>
    <tbody></tbody></table></div>
    <p class="empty" id="waiting">Nothing new yet.</p>
    {{/hasMistakes}}
    """#

  static let deadLetters = #"""
    <div class="head"><h1>Dead letters</h1></div>
    {{^hasBroker}}<p class="empty">{{noBroker}}</p>{{/hasBroker}}
    {{#hasBroker}}
    {{#done}}<p class="good" role="status">{{done}}</p>{{/done}}
    {{#isEmpty}}<p class="empty">There are no dead letters.</p>{{/isEmpty}}
    {{^isEmpty}}{{^isRead}}<p>There {{verb}} {{count}}. They are read only when you ask for it, and stay where they are.</p>
    <form action="/dead-letters"><input type="hidden" name="read" value="1"><button class="button">Read them</button></form>{{/isRead}}
    {{#isRead}}<p class="note">{{count}}{{#isCut}}; the oldest {{shown}} are shown{{/isCut}}.</p>
    {{#groups}}<section class="letters"><h2>{{reason}} <span class="size">{{count}}</span></h2>
    <form method="post" action="/dead-letters">
    {{#letters}}<article class="letter"><h3>{{#allowsActions}}<label><input type="checkbox" name="letter" value="{{digest}}"> {{/allowsActions}}<code>{{routingKey}}</code>{{#allowsActions}}</label>{{/allowsActions}} <span class="size">{{size}}, failed {{failedAt}}</span></h3>
    <p>{{now}}</p>
    <details open><summary>Body</summary><pre class="copied">{{#lines}}{{#isFault}}<mark>{{text}}</mark>{{/isFault}}{{^isFault}}{{text}}{{/isFault}}
    {{/lines}}</pre></details></article>
    {{/letters}}
    {{#allowsActions}}<p class="actions"><button class="button" name="action" value="requeue">Send the chosen ones back</button> <button class="button danger" name="action" value="drop">Remove the chosen ones for good</button></p>{{/allowsActions}}
    </form></section>{{/groups}}{{/isRead}}{{/isEmpty}}
    <div class="copies"><a class="quiet" href="{{apiLink}}">This page as JSON</a></div>
    {{/hasBroker}}
    """#
}
