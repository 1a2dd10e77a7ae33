// Package railszone knows the time zones that 3scale accepts, by the names that Rails gives them.
package railszone

import (
	"maps"
	"slices"
	"time"
	_ "time/tzdata" // a machine without zone files knows them too
)

// Load finds a zone by its Rails name, such as "Berlin". Names that 3scale refuses, among them "Europe/Berlin", are an
// error.
func Load(name string) (*time.Location, error) {
	iana, ok := IANA(name)
	if !ok {
		return nil, &UnknownError{Name: name}
	}
	return time.LoadLocation(iana)
}

// IANA is a zone's name in the tz database.
func IANA(name string) (string, bool) {
	iana, ok := names()[name]
	return iana, ok
}

// Names lists all names, in order.
func Names() []string { return slices.Sorted(maps.Keys(names())) }

// UnknownError is a name that is no time zone of Rails.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return "unknown time zone " + e.Name + "; 3scale wants a name of Rails, such as Berlin"
}

// names are the IANA names by those of ActiveSupport::TimeZone. Only whole-hour zones are among them, as in porta.
func names() map[string]string {
	return map[string]string{
		"UTC": "Etc/UTC", "Edinburgh": "Europe/London", "London": "Europe/London", "Dublin": "Europe/Dublin", "Lisbon": "Europe/Lisbon",
		"Casablanca": "Africa/Casablanca", "Monrovia": "Africa/Monrovia", "Azores": "Atlantic/Azores", "Cape Verde Is.": "Atlantic/Cape_Verde",
		"Amsterdam": "Europe/Amsterdam", "Belgrade": "Europe/Belgrade", "Berlin": "Europe/Berlin", "Bern": "Europe/Zurich", "Zurich": "Europe/Zurich",
		"Bratislava": "Europe/Bratislava", "Brussels": "Europe/Brussels", "Budapest": "Europe/Budapest", "Copenhagen": "Europe/Copenhagen",
		"Ljubljana": "Europe/Ljubljana", "Madrid": "Europe/Madrid", "Paris": "Europe/Paris", "Prague": "Europe/Prague", "Rome": "Europe/Rome",
		"Sarajevo": "Europe/Sarajevo", "Skopje": "Europe/Skopje", "Stockholm": "Europe/Stockholm", "Vienna": "Europe/Vienna", "Warsaw": "Europe/Warsaw",
		"West Central Africa": "Africa/Algiers", "Zagreb": "Europe/Zagreb", "Athens": "Europe/Athens", "Bucharest": "Europe/Bucharest",
		"Cairo": "Africa/Cairo", "Harare": "Africa/Harare", "Helsinki": "Europe/Helsinki", "Jerusalem": "Asia/Jerusalem", "Kyiv": "Europe/Kiev",
		"Kaliningrad": "Europe/Kaliningrad", "Pretoria": "Africa/Johannesburg", "Riga": "Europe/Riga", "Sofia": "Europe/Sofia",
		"Tallinn": "Europe/Tallinn", "Vilnius": "Europe/Vilnius", "Baghdad": "Asia/Baghdad", "Istanbul": "Europe/Istanbul", "Kuwait": "Asia/Kuwait",
		"Minsk": "Europe/Minsk", "Moscow": "Europe/Moscow", "Nairobi": "Africa/Nairobi", "Riyadh": "Asia/Riyadh", "St. Petersburg": "Europe/Moscow",
		"Volgograd": "Europe/Volgograd", "Abu Dhabi": "Asia/Muscat", "Muscat": "Asia/Muscat", "Baku": "Asia/Baku", "Tbilisi": "Asia/Tbilisi",
		"Yerevan": "Asia/Yerevan", "Samara": "Europe/Samara", "Ekaterinburg": "Asia/Yekaterinburg", "Islamabad": "Asia/Karachi",
		"Karachi": "Asia/Karachi", "Tashkent": "Asia/Tashkent", "Almaty": "Asia/Almaty", "Astana": "Asia/Dhaka", "Dhaka": "Asia/Dhaka",
		"Urumqi": "Asia/Urumqi", "Bangkok": "Asia/Bangkok", "Hanoi": "Asia/Bangkok", "Jakarta": "Asia/Jakarta", "Krasnoyarsk": "Asia/Krasnoyarsk",
		"Novosibirsk": "Asia/Novosibirsk", "Beijing": "Asia/Shanghai", "Chongqing": "Asia/Chongqing", "Hong Kong": "Asia/Hong_Kong",
		"Irkutsk": "Asia/Irkutsk", "Kuala Lumpur": "Asia/Kuala_Lumpur", "Perth": "Australia/Perth", "Singapore": "Asia/Singapore",
		"Taipei": "Asia/Taipei", "Ulaanbaatar": "Asia/Ulaanbaatar", "Osaka": "Asia/Tokyo", "Sapporo": "Asia/Tokyo", "Tokyo": "Asia/Tokyo",
		"Seoul": "Asia/Seoul", "Yakutsk": "Asia/Yakutsk", "Brisbane": "Australia/Brisbane", "Canberra": "Australia/Melbourne",
		"Melbourne": "Australia/Melbourne", "Sydney": "Australia/Sydney", "Guam": "Pacific/Guam", "Hobart": "Australia/Hobart",
		"Port Moresby": "Pacific/Port_Moresby", "Vladivostok": "Asia/Vladivostok", "Magadan": "Asia/Magadan", "New Caledonia": "Pacific/Noumea",
		"Solomon Is.": "Pacific/Guadalcanal", "Srednekolymsk": "Asia/Srednekolymsk", "Auckland": "Pacific/Auckland", "Wellington": "Pacific/Auckland",
		"Fiji": "Pacific/Fiji", "Kamchatka": "Asia/Kamchatka", "Marshall Is.": "Pacific/Majuro", "Nuku'alofa": "Pacific/Tongatapu",
		"Samoa": "Pacific/Apia", "Tokelau Is.": "Pacific/Fakaofo", "International Date Line West": "Etc/GMT+12", "American Samoa": "Pacific/Pago_Pago",
		"Midway Island": "Pacific/Midway", "Hawaii": "Pacific/Honolulu", "Alaska": "America/Juneau", "Pacific Time (US & Canada)": "America/Los_Angeles",
		"Tijuana": "America/Tijuana", "Arizona": "America/Phoenix", "Chihuahua": "America/Chihuahua", "Mazatlan": "America/Mazatlan",
		"Mountain Time (US & Canada)": "America/Denver", "Central America": "America/Guatemala", "Central Time (US & Canada)": "America/Chicago",
		"Guadalajara": "America/Mexico_City", "Mexico City": "America/Mexico_City", "Monterrey": "America/Monterrey", "Saskatchewan": "America/Regina",
		"Bogota": "America/Bogota", "Eastern Time (US & Canada)": "America/New_York", "Indiana (East)": "America/Indiana/Indianapolis",
		"Lima": "America/Lima", "Quito": "America/Lima", "Atlantic Time (Canada)": "America/Halifax", "Georgetown": "America/Guyana",
		"La Paz": "America/La_Paz", "Puerto Rico": "America/Puerto_Rico", "Santiago": "America/Santiago", "Brasilia": "America/Sao_Paulo",
		"Buenos Aires": "America/Argentina/Buenos_Aires", "Greenland": "America/Godthab", "Montevideo": "America/Montevideo",
		"Mid-Atlantic": "Atlantic/South_Georgia",
	}
}
