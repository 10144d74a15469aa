extension Templates {
  static let overview = #"""
    <div class="head"><h1>Overview</h1>{{#newest}}<p class="links">Newest update: <time data-ms="{{newest.ms}}">{{newest.text}}</time></p>{{/newest}}</div>
    {{#isEmpty}}<p class="empty">{{store}} holds no updates yet. Replay a timeline into it, or let the worker run; then load this page again.</p>{{/isEmpty}}
    {{#isUnknown}}<p class="empty">The newest updates could not be found in the time that a page has; search for a user or an event, which an index leads to.</p>{{/isUnknown}}
    <div class="cards numbers">
    {{#total}}<section class="card"><h2>In the picture</h2><p class="number"><a href="/updates">{{total}}</a></p><p>updates{{#countedTo}}, counted back to <time data-ms="{{countedTo.ms}}">{{countedTo.text}}</time>{{/countedTo}}</p></section>{{/total}}
    <section class="card"><h2>Unpublished</h2><p class="number{{#hasUnpublished}} bad{{/hasUnpublished}}"><a href="{{unpublishedLink}}">{{unpublished}}</a></p><p>{{#oldest}}the oldest of <time data-ms="{{oldest.ms}}">{{oldest.text}}</time>{{/oldest}}{{^oldest}}{{unpublishedNote}}{{/oldest}}</p></section>
    <section class="card"><h2>Published after</h2><p class="number">{{#median}}{{median}}{{/median}}{{^median}}–{{/median}}</p><p>{{#median}}median of the newest {{sample}}; the slowest took {{slowest}}{{/median}}{{^median}}none of the newest updates is published{{/median}}</p></section>
    <section class="card"><h2>Dead letters</h2><p class="number"><a href="/dead-letters">{{#hasLetters}}{{letters}}{{/hasLetters}}{{^hasLetters}}–{{/hasLetters}}</a></p><p>{{#hasLetters}}in RabbitMQ{{/hasLetters}}{{^hasLetters}}started without RabbitMQ{{/hasLetters}}</p></section>
    </div>
    {{#chart}}<section><div class="head"><h2>Updates per {{span}}</h2><nav class="filters" aria-label="Length of a span">{{#spans}}<a href="{{link}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{name}}</a>{{/spans}}</nav></div>
    <div class="picture">{{{chart}}}</div>
    <p class="legend">{{#types}}{{#isKnown}}<a class="kind kind-{{kind}}" href="{{link}}">{{type}} {{count}}</a>{{/isKnown}}{{^isKnown}}<span class="kind">{{type}} {{count}}</span>{{/isKnown}} {{/types}}</p></section>{{/chart}}
    {{#hasSlow}}<section><h2>Slowest events among the newest</h2><div class="wide"><table class="small"><thead><tr><th scope="col">Event</th><th scope="col">Stored</th><th scope="col">Published after</th></tr></thead><tbody>
    {{#slow}}<tr><td data-label="Event"><a class="kind kind-{{kind}}" href="{{link}}">{{eventType}}</a></td><td data-label="Stored"><time data-ms="{{time.ms}}">{{time.text}}</time></td><td data-label="Published after">{{delay}}</td></tr>
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
