package threescaletest

import (
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// liquidError parses a template as the gem Liquid 3.0 does in its lax mode, with the
// tags of the developer portal, and returns the message of the first error, "" if
// there is none. Lax means that only tags are checked: what is inside {{ }} may be
// anything.
func liquidError(text string) string {
	p := &liquidParser{tokens: liquidTokens(text)}
	if err := p.block(""); err != "" {
		if err == liquidBroken {
			return err
		}
		return "Liquid syntax error: " + err
	}
	return ""
}

// liquidBroken is porta's message for errors that are not Liquid's own.
const liquidBroken = "does not contain valid liquid syntax or is using unknown tags"

const (
	quotedText = `"[^"]*"|'[^']*'`
	fragment   = `(?:` + quotedText + `|(?:[^\s,\|'"]|` + quotedText + `)+)`
	signature  = `(?:\(?[\w\-\.\[\]]\)?)`
)

// The regular expressions of the gem.
var (
	liquidToken    = lazyregexp.New(`(?s)\{%.*?%\}|\{\{.*?\}\}?|\{\{|\{%`)
	liquidTag      = lazyregexp.New(`(?s)\A\{%\s*(\w+)\s*(.*)?%\}\z`)
	liquidVariable = lazyregexp.New(`(?s)\A\{\{(.*)\}\}\z`)
	liquidRawEnd   = lazyregexp.New(`(?s)\A(.*)\{%\s*(\w+)\s*(.*)?%\}\z`)
	anyFragment    = lazyregexp.New(fragment)
	forForm        = lazyregexp.New(`\A([\w\-]+)\s+in\s+` + fragment)
	tableRowForm   = lazyregexp.New(`(\w+)\s+in\s+` + fragment)
	whenForm       = lazyregexp.New(`(?s)(` + fragment + `)(?:(?:\s+or\s+|\s*,\s*)(` + fragment + `.*))?`)
	assignForm     = lazyregexp.New(`(?s)` + signature + `+\s*=\s*(.*)\s*`)
	captureForm    = lazyregexp.New(signature + `+`)
	cycleForm      = lazyregexp.New(`\A` + fragment)
	sortLinkForm   = lazyregexp.New(`column:\s?"([\w]+)"(?:\s?label?:\s?"([\w]+)")?`)
	wordForm       = lazyregexp.New(`(?:` + quotedText + `|[^\s'"])+|['"]`)
)

// liquidTokens splits a template into texts, tags and variables.
func liquidTokens(text string) []string {
	var out []string
	at := 0
	for _, m := range liquidToken.FindAllStringIndex(text, -1) {
		out = append(out, text[at:m[0]], text[m[0]:m[1]])
		at = m[1]
	}
	return append(out, text[at:])
}

type liquidParser struct{ tokens []string }

// block parses up to the end of a block, "" is the whole document.
func (p *liquidParser) block(name string) string {
	for len(p.tokens) > 0 {
		token := p.tokens[0]
		p.tokens = p.tokens[1:]
		switch {
		case strings.HasPrefix(token, "{%"):
			m := liquidTag.FindStringSubmatch(token)
			if m == nil {
				return "Tag '" + token + `' was not properly terminated with regexp: /\%\}/`
			}
			if name != "" && m[1] == "end"+name {
				return ""
			}
			if err := p.tag(name, m[1], m[2]); err != "" {
				return err
			}
		case strings.HasPrefix(token, "{{") && !liquidVariable.MatchString(token):
			return "Variable '" + token + `' was not properly terminated with regexp: /\}\}/`
		}
	}
	if name == "" {
		return ""
	}
	return "'" + name + "' tag was never closed"
}

// tag checks a tag and, if it is a block, what is in it.
func (p *liquidParser) tag(in, name, markup string) string {
	if !isLiquidTag(name) && !isLiquidBlock(name) {
		return unknownLiquidTag(in, name, markup)
	}
	if err := checkLiquidTag(name, markup); err != "" {
		return err
	}
	switch {
	case name == "raw":
		p.raw()
		return ""
	case isLiquidBlock(name):
		return p.block(name)
	}
	return ""
}

// raw skips everything up to the end of a raw block, or of the document.
func (p *liquidParser) raw() {
	for len(p.tokens) > 0 {
		m := liquidRawEnd.FindStringSubmatch(p.tokens[0])
		p.tokens = p.tokens[1:]
		if m != nil && m[2] == "endraw" {
			return
		}
	}
}

func isLiquidBlock(name string) bool {
	return contains(strings.Fields("capture case comment for if ifchanged raw tablerow unless form content_for email"), name)
}

func isLiquidTag(name string) bool {
	return contains(strings.Fields(`assign break continue cycle decrement include increment authorize_net_form payment_express_form braintree_customer_form
		ogone_form stripe_form content container credit_card_missing essential_assets flash footer oldfooter internal_error latest_forum_posts
		latest_messages logo menu submenu theme_stylesheet user_widget plan_widget page_section page_sub_section trial_notice portlet csrf debug
		sort_link cdn_asset disable_client_cache active_docs 3scale_essentials`), name)
}

// unknownLiquidTag is what a block says to a tag that is none: it may be a part of the
// block.
func unknownLiquidTag(in, name, markup string) string {
	switch {
	case in == "comment":
		return ""
	case (in == "if" || in == "unless") && name == "elsif":
		return checkCondition(markup)
	case (in == "if" || in == "unless" || in == "for") && name == "else":
		return ""
	case in == "case" && name == "when":
		return checkWhen(markup)
	case in == "case" && name == "else":
		if strings.TrimSpace(markup) != "" {
			return "Syntax Error in tag 'case' - Valid else condition: {% else %} (no parameters) "
		}
		return ""
	case in == "email" && (name == "do_not_send" || contains(strings.Fields("subject header bcc cc reply_to from"), name) && anyFragment.MatchString(markup)):
		return ""
	case name == "else":
		return in + " tag does not expect else tag"
	case name == "end":
		return "'end' is not a valid delimiter for " + in + " tags. use " + endOf(in)
	}
	return "Unknown tag '" + name + "'"
}

func endOf(block string) string {
	if block == "" {
		return "[]"
	}
	return "end" + block
}

// checkLiquidTag checks what stands behind a tag's name.
func checkLiquidTag(name, markup string) string {
	if name == "if" || name == "unless" {
		return checkCondition(markup)
	}
	if name == "debug" && markup == "" || name == "form" && !anyFragment.MatchString(markup) {
		return liquidBroken
	}
	for _, f := range []struct {
		name    string
		form    *lazyregexp.Regexp
		message string
	}{
		{"for", forForm, "Syntax Error in 'for loop' - Valid syntax: for [item] in [collection]"},
		{"tablerow", tableRowForm, "Syntax Error in 'table_row loop' - Valid syntax: table_row [item] in [collection] cols=3"},
		{"case", anyFragment, "Syntax Error in 'case' - Valid syntax: case [condition]"},
		{"assign", assignForm, "Syntax Error in 'assign' - Valid syntax: assign [var] = [source]"},
		{"capture", captureForm, "Syntax Error in 'capture' - Valid syntax: capture [var]"},
		{"cycle", cycleForm, "Syntax Error in 'cycle' - Valid syntax: cycle [name :] var [, var2, var3 ...]"},
		{"include", anyFragment, "Error in tag 'include' - Valid syntax: include '[template]' (with|for) [object|collection]"},
		{"sort_link", sortLinkForm, "Syntax Error in 'sort_link' - Valid syntax: sort_link column: [column] label: [label]"},
	} {
		if f.name == name && !f.form.MatchString(markup) {
			return f.message
		}
	}
	return ""
}

func checkWhen(markup string) string {
	for {
		m := whenForm.FindStringSubmatch(markup)
		if m == nil {
			return "Syntax Error in tag 'case' - Valid when condition: {% when [condition] [or condition2...] %}"
		}
		if m[2] == "" {
			return ""
		}
		markup = m[2]
	}
}

// checkCondition checks the condition of an if, which is read from its end: between
// expressions there have to be "and" or "or".
func checkCondition(markup string) string {
	const message = "Syntax Error in tag 'if' - Valid syntax: if [expression]"
	var parts []string
	joined := false
	for _, w := range wordForm.FindAllString(markup, -1) {
		switch {
		case w == "and" || w == "or":
			parts, joined = append(parts, w), false
		case joined:
			parts[len(parts)-1] += " " + w
		default:
			parts, joined = append(parts, w), true
		}
	}
	pop := func() string {
		if len(parts) == 0 {
			return ""
		}
		last := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		return last
	}
	if !anyFragment.MatchString(pop()) {
		return message
	}
	for len(parts) > 0 {
		operator := pop()
		if !anyFragment.MatchString(pop()) || operator != "and" && operator != "or" {
			return message
		}
	}
	return ""
}
