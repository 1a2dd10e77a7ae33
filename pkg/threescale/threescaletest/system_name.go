package threescaletest

import (
	"strings"
	"unicode"

	"example.com/maasctl/internal/lazyregexp"
)

var systemNameForm = lazyregexp.New(`\A\w[\w\-/_]+\z`)

// systemName fills in a system name that was not given (from the name, or a random
// one of the model when the name leaves nothing), checks it and its uniqueness.
func systemName(p *problems, model string, given, name *string, taken func(string) bool) *string {
	if blank(given) {
		given = ptr(slug(or(name, "")))
		if *given == "" {
			given = ptr(model + "_" + randomHex(6))
		}
	}
	checkSystemName(p, given, taken)
	return given
}

// checkSystemName is the check without the making, for updates. One that is nil is
// blank, but has no form.
func checkSystemName(p *problems, name *string, taken func(string) bool) {
	p.presence("system_name", name)
	if name == nil {
		return
	}
	if !systemNameForm.MatchString(*name) {
		p.add("system_name", msgInvalid)
	}
	if taken(*name) {
		p.add("system_name", msgTaken)
	}
}

// slug is what Rails' parameterize and underscore make of a name.
func slug(name string) string { return strings.ReplaceAll(parameterize(name), "-", "_") }

// parameterize is ActiveSupport's: ASCII letters, digits, "-" and "_", in lower case.
func parameterize(name string) string {
	var b strings.Builder
	for _, r := range transliterate(name) {
		switch {
		case r == '-', r == '_', r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte('-')
		}
	}
	return strings.Trim(squeeze(b.String()), "-")
}

// squeeze makes one dash of several.
func squeeze(s string) string {
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	return s
}

// transliterate replaces the letters that I18n's default rules know an
// approximation of, and everything else beyond ASCII by "?".
func transliterate(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString(approximation(r))
	}
	return b.String()
}

// approximation is I18n's default approximation of a letter in ASCII.
func approximation(r rune) string {
	for _, a := range [...]struct{ ascii, letters string }{
		{"A", "ÀÁÂÃÄÅĀĂĄ"}, {"AE", "Æ"}, {"C", "ÇĆĈĊČ"}, {"D", "ĎĐÐ"}, {"E", "ÈÉÊËĒĔĖĘĚ"}, {"G", "ĜĞĠĢ"},
		{"H", "ĤĦ"}, {"I", "ÌÍÎÏĨĪĬĮİ"}, {"IJ", "Ĳ"}, {"J", "Ĵ"}, {"K", "Ķ"}, {"L", "ĹĻĽĿŁ"}, {"N", "ÑŃŅŇ"}, {"NG", "Ŋ"},
		{"O", "ÒÓÔÕÖØŌŎŐ"}, {"OE", "Œ"}, {"R", "ŔŖŘ"}, {"S", "ŚŜŞŠ"}, {"T", "ŢŤŦ"}, {"U", "ÙÚÛÜŨŪŬŮŰŲ"},
		{"W", "Ŵ"}, {"Y", "ÝŶŸ"}, {"Z", "ŹŻŽ"}, {"Th", "Þ"}, {"ss", "ß"}, {"x", "×"}, {"ae", "æ"}, {"th", "þ"},
		{"a", "àáâãäåāăą"}, {"c", "çćĉċč"}, {"d", "ďđð"}, {"e", "èéêëēĕėęě"}, {"g", "ĝğġģ"}, {"h", "ĥħ"},
		{"i", "ìíîïĩīĭįı"}, {"ij", "ĳ"}, {"j", "ĵ"}, {"k", "ķĸ"}, {"l", "ĺļľŀł"}, {"n", "ñńņň"}, {"'n", "ŉ"}, {"ng", "ŋ"},
		{"o", "òóôõöøōŏő"}, {"oe", "œ"}, {"r", "ŕŗř"}, {"s", "śŝşšſ"}, {"t", "ţťŧ"}, {"u", "ùúûüũūŭůűų"},
		{"w", "ŵ"}, {"y", "ýÿŷ"}, {"z", "źżž"},
	} {
		if strings.ContainsRune(a.letters, r) {
			return a.ascii
		}
	}
	return "?"
}
