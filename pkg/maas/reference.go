package maas

import "strings"

// part is a piece of a text: literal, or a reference of a scheme such as env.
type part struct {
	scheme string // "" for a literal
	text   string // the literal, or what the scheme looks up
}

// referenceSchemes are the references that are ours; anything else in ${} is text, because Keycloak has its own.
func referenceSchemes() []string { return []string{"env", "file", "exec"} }

// references splits a text at its references. "$${env:" is the text "${env:".
func references(text string) []part {
	var parts []part
	literal := ""
	for text != "" {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			literal += text
			break
		}
		literal, text = literal+text[:i], text[i:]
		if strings.HasPrefix(text, "$$") {
			if scheme, _ := schemeOf(text[1:]); scheme != "" {
				literal, text = literal+"${"+scheme+":", text[len("$${")+len(scheme)+1:]
				continue
			}
		}
		scheme, rest := schemeOf(text)
		arg, after, closed := cutBrace(rest)
		if scheme == "" || !closed {
			literal, text = literal+"$", text[1:]
			continue
		}
		if literal != "" {
			parts = append(parts, part{text: literal})
		}
		parts = append(parts, part{scheme, arg})
		literal, text = "", after
	}
	if literal != "" {
		parts = append(parts, part{text: literal})
	}
	return parts
}

// schemeOf reads "${scheme:" at the start of a text; "" where it isn't one of ours.
func schemeOf(text string) (scheme, rest string) {
	for _, s := range referenceSchemes() {
		if rest, ok := strings.CutPrefix(text, "${"+s+":"); ok {
			return s, rest
		}
	}
	return "", text
}

// cutBrace splits a text at the brace that closes it; braces inside, as commands have them, come in pairs.
func cutBrace(text string) (before, after string, found bool) {
	open := 1
	for i, c := range text {
		switch c {
		case '{':
			open++
		case '}':
			open--
		}
		if open == 0 {
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// hasReference tells whether a text has to be resolved before it means anything.
func hasReference(text string) bool {
	for _, p := range references(text) {
		if p.scheme != "" {
			return true
		}
	}
	return false
}

// nameless gives the scheme of a reference that doesn't say what to look up; "" where all do.
func nameless(text string) string {
	for _, p := range references(text) {
		if p.scheme != "" && strings.TrimSpace(p.text) == "" {
			return p.scheme
		}
	}
	return ""
}

// isReference tells whether a text is one reference and nothing else.
func isReference(text string) bool {
	parts := references(text)
	return len(parts) == 1 && parts[0].scheme != ""
}

// unescaped is a text without references as it is meant.
func unescaped(text string) string {
	var b strings.Builder
	for _, p := range references(text) {
		b.WriteString(p.text)
	}
	return b.String()
}
