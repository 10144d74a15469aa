extension Templates {
  static let updates = #"""
    <div class="head"><h1>Updates</h1><p class="links"><a href="{{liveLink}}">Follow this search live</a></p></div>
    {{> pieces}}
    {{#isContinued}}<p class="note"><a href="{{firstLink}}">Back to the newest</a></p>{{/isContinued}}
    {{#hasRows}}{{> update-table}}{{/hasRows}}
    {{#note}}<p class="note">{{note}}</p>{{/note}}
    {{^note}}{{#isEmpty}}<p class="empty">No stored update matches. Leave out a term to see more.</p>{{/isEmpty}}{{/note}}
    {{#nextLink}}<p class="more"><a class="button" rel="next" href="{{nextLink}}">{{nextText}}</a></p>{{/nextLink}}
    <details class="terms"><summary>Terms of a search</summary>
    <p>An update has to meet all terms. <code>!</code> in front of one negates it. An id with spaces stands in quotes: <code>user:"mr x"</code>.</p>
    <dl>
    <div><dt><code>tenant:tnt_a</code></dt><dd>the tenant</dd></div>
    <div><dt><code>user:maria</code></dt><dd>the recipient</dd></div>
    <div><dt><code>dialog:dlg_1</code></dt><dd>the dialog</dd></div>
    <div><dt><code>event:6925a001…</code></dt><dd>the event: 24 hex digits, or evt_ and 32</dd></div>
    <div><dt><code>type:MessageUpdate</code></dt><dd>the type of the update; also an event type</dd></div>
    <div><dt><code>event-type:dialog.typing</code></dt><dd>the type of the event</dd></div>
    <div><dt><code>is:unpublished</code></dt><dd>whether its publication was confirmed; also <code>is:published</code></dd></div>
    <div><dt><code>after:2h</code> <code>before:2026-11-21</code></dt><dd>when it was made: a date, a time (2026-11-21T12:30:00Z), milliseconds since 1970, or how long ago</dd></div>
    </dl></details>
    {{> copies}}
    """#

  static let update = #"""
    <div class="head"><h1><span class="kind kind-{{kind}}">{{type}}</span> for <a href="{{userLink}}">{{user}}</a></h1></div>
    <dl class="facts">
    <div><dt>Update</dt><dd><code>{{id}}</code></dd></div>
    <div><dt>Tenant</dt><dd>{{tenant}}</dd></div>
    <div><dt>Event</dt><dd><a href="{{eventLink}}">{{eventType}} <code>{{eventId}}</code></a></dd></div>
    {{#dialogLink}}<div><dt>Dialog</dt><dd><a href="{{dialogLink}}">{{dialog}}</a></dd></div>{{/dialogLink}}
    <div><dt>Stored</dt><dd><time data-ms="{{time.ms}}">{{time.text}}</time></dd></div>
    <div><dt>Published</dt><dd>{{#published}}<time data-ms="{{published.ms}}">{{published.text}}</time>, after {{delay}}{{/published}}{{^isPublished}}<span class="no">not confirmed</span>{{/isPublished}}</dd></div>
    <div><dt>Routing key</dt><dd><code>{{key}}</code></dd></div>
    </dl>
    <div class="beside">
    <section><h2>Document</h2><ul class="tree">{{#nodes}}{{> node}}{{/nodes}}</ul>
    {{#treeNote}}<p class="note">{{treeNote}}</p>{{/treeNote}}
    <h2>Message as published</h2><pre class="copied">{{message}}</pre>
    {{> copies}}</section>
    <section><h2>The same event's updates ({{siblingCount}})</h2>
    <div class="wide"><table class="small"><thead><tr><th scope="col">Recipient</th><th scope="col">Type</th><th scope="col">Published</th><th scope="col">Difference</th></tr></thead><tbody>
    {{#siblings}}<tr data-row data-id="{{id}}" data-event="{{eventLink}}"{{#isThis}} class="this"{{/isThis}}><td data-label="Recipient"><a class="open" href="{{link}}">{{user}}</a></td><td data-label="Type"><span class="kind kind-{{kind}}">{{type}}</span></td><td data-label="Published">{{#isPublished}}<span class="yes">yes</span>{{/isPublished}}{{^isPublished}}<span class="no">no</span>{{/isPublished}}</td><td data-label="Difference">{{#isThis}}this one{{/isThis}}{{^isThis}}<a href="{{compareLink}}">Compare</a>{{/isThis}}</td></tr>
    {{/siblings}}</tbody></table></div></section>
    </div>
    """#

  /// A field of a document, with what is in it.
  static let node = #"""
    {{#isBranch}}<li><details{{#isOpen}} open{{/isOpen}}><summary><span class="field">{{key}}</span> <span class="size">{{size}}</span></summary><ul>{{#children}}{{> node}}{{/children}}</ul></details></li>{{/isBranch}}{{#isLeaf}}<li class="leaf"><span class="field">{{key}}</span> <code class="value-{{kind}}">{{value}}</code></li>{{/isLeaf}}
    """#

  static let compare = #"""
    <div class="head"><h1>Two updates compared</h1></div>
    {{#isSame}}<p class="empty">They are the same.</p>{{/isSame}}
    {{^isSame}}<p class="note">They differ at {{count}}{{#isCut}} and more, which are left out{{/isCut}}. What is the same is left out.</p>{{/isSame}}
    <div class="wide"><table class="compare">
    <thead><tr><th scope="col">Path</th><th scope="col"><a href="{{a.link}}">{{a.type}} for {{a.user}}</a></th><th scope="col"><a href="{{b.link}}">{{b.type}} for {{b.user}}</a></th></tr></thead>
    <tbody>
    {{#differences}}<tr data-row><th scope="row"><code>{{path}}</code></th><td class="a">{{#hasA}}<code>{{a}}</code>{{/hasA}}{{^hasA}}<span class="none">nothing</span>{{/hasA}}</td><td class="b">{{#hasB}}<code>{{b}}</code>{{/hasB}}{{^hasB}}<span class="none">nothing</span>{{/hasB}}</td></tr>
    {{/differences}}</tbody></table></div>
    <div class="copies"><a class="quiet" href="{{apiLink}}">This page as JSON</a></div>
    """#
}
