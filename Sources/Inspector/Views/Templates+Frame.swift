extension Templates {
  /// What stands around every page.
  static let frame = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{title}} · Chat3 updates</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/assets/style.css">
    <script src="/assets/script.js" defer></script>
    </head>
    <body data-page="{{page}}">
    <a class="skip" href="#content">Skip to the content</a>
    <header class="bar">
    <a class="brand" href="/"><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M1 3h14v8H8l-4 3v-3H1z"/></svg>Chat3 updates</a>
    <nav aria-label="Pages">{{#pages}}<a href="{{path}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{title}}</a>{{/pages}}</nav>
    <form class="search" role="search" action="/updates">
    <label class="unseen" for="q">Search for updates</label>
    <input id="q" name="q" value="{{q}}" type="search" placeholder="user:maria is:unpublished after:2h" autocomplete="off" autocapitalize="off" spellcheck="false">
    <button>Search</button>
    </form>
    <div class="tools">
    <button type="button" class="tool" id="clock" hidden>UTC</button>
    <button type="button" class="tool" id="theme" hidden>Auto</button>
    <button type="button" class="tool" id="keys" hidden aria-label="Keys">?</button>
    </div>
    </header>
    <main id="content" tabindex="-1">
    {{{body}}}
    </main>
    <footer><span>{{store}}</span>{{#isMasked}}<span class="badge">some fields are masked</span>{{/isMasked}}<span>Times are UTC unless you choose otherwise.</span></footer>
    <dialog id="help" aria-labelledby="help-title">
    <h2 id="help-title">Keys</h2>
    <dl class="keys">
    <div><dt><kbd>/</kbd></dt><dd>Search</dd></div>
    <div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>Next and previous row</dd></div>
    <div><dt><kbd>Enter</kbd></dt><dd>Open the row</dd></div>
    <div><dt><kbd>Esc</kbd></dt><dd>Back</dd></div>
    <div><dt><kbd>x</kbd></dt><dd>Mark the row; two marked ones are compared</dd></div>
    <div><dt><kbd>p</kbd></dt><dd>Pause the live page</dd></div>
    <div><dt><kbd>g</kbd> <kbd>e</kbd></dt><dd>Go to the event of the row</dd></div>
    <div><dt><kbd>g</kbd> <kbd>u</kbd></dt><dd>Go to the updates</dd></div>
    <div><dt><kbd>g</kbd> <kbd>l</kbd></dt><dd>Go to the live page</dd></div>
    <div><dt><kbd>g</kbd> <kbd>d</kbd></dt><dd>Go to the dead letters</dd></div>
    <div><dt><kbd>?</kbd></dt><dd>These keys</dd></div>
    </dl>
    <form method="dialog"><button>Close</button></form>
    </dialog>
    <div id="said" class="unseen" role="status" aria-live="polite"></div>
    </body>
    </html>
    """#

  static let error = #"""
    <section class="fault">
    <h1>{{title}}</h1>
    <p>{{message}}</p>
    <p><a href="/">Overview</a></p>
    </section>
    """#

  /// A table of updates.
  static let updateTable = #"""
    <div class="wide"><table class="updates">
    <thead><tr><th scope="col">Time</th><th scope="col">Recipient</th><th scope="col">Type</th><th scope="col">Event type</th><th scope="col">Entity</th><th scope="col">Published</th><th scope="col">Routing key</th></tr></thead>
    <tbody>
    {{#rows}}<tr data-row data-id="{{id}}" data-event="{{eventLink}}">
    <td data-label="Time"><a class="open" href="{{link}}"><time data-ms="{{time.ms}}">{{time.text}}</time></a></td>
    <td data-label="Recipient"><a href="{{userLink}}"><span class="tenant">{{tenant}}/</span>{{user}}</a></td>
    <td data-label="Type"><span class="kind kind-{{kind}}">{{type}}</span></td>
    <td data-label="Event type"><a href="{{eventLink}}">{{eventType}}</a></td>
    <td data-label="Entity">{{entity}}</td>
    <td data-label="Published">{{#isPublished}}<span class="yes">yes</span>{{/isPublished}}{{^isPublished}}<span class="no">no</span>{{/isPublished}}</td>
    <td data-label="Routing key" class="key"><code>{{key}}</code></td>
    </tr>
    {{/rows}}</tbody>
    </table></div>
    """#

  /// A search line whose mistakes are marked.
  static let pieces = #"""
    {{#hasMistakes}}<div class="fault" role="alert">
    <p class="line">{{#pieces}}{{#isWrong}}<mark>{{text}}</mark>{{/isWrong}}{{^isWrong}}{{text}}{{/isWrong}}{{/pieces}}</p>
    <ul>{{#mistakes}}<li>{{.}}</li>{{/mistakes}}</ul>
    </div>{{/hasMistakes}}
    """#

  /// What can be copied of a page.
  static let copies = #"""
    <div class="copies">
    {{#command}}<details><summary>Command</summary><pre class="copied">{{command}}</pre></details>{{/command}}
    {{#line}}<details><summary>Timeline that replays it by itself</summary>{{#lineNote}}<p class="note">{{lineNote}}</p>{{/lineNote}}<pre class="copied">{{line}}</pre></details>{{/line}}
    {{#json}}<details><summary>JSON</summary><pre class="copied">{{json}}</pre></details>{{/json}}
    <a class="quiet" href="{{apiLink}}">This page as JSON</a>
    </div>
    """#
}
