package maas

// timezones are the time zones that 3scale knows: those of Rails that are whole hours from UTC.
func timezones() []string {
	return []string{
		"UTC", "Edinburgh", "London", "Dublin", "Lisbon", "Casablanca", "Monrovia", "Azores", "Cape Verde Is.",
		"Amsterdam", "Belgrade", "Berlin", "Bern", "Zurich", "Bratislava", "Brussels", "Budapest", "Copenhagen",
		"Ljubljana", "Madrid", "Paris", "Prague", "Rome", "Sarajevo", "Skopje", "Stockholm", "Vienna", "Warsaw",
		"West Central Africa", "Zagreb", "Athens", "Bucharest", "Cairo", "Harare", "Helsinki", "Jerusalem", "Kyiv",
		"Kaliningrad", "Pretoria", "Riga", "Sofia", "Tallinn", "Vilnius", "Baghdad", "Istanbul", "Kuwait", "Minsk",
		"Moscow", "Nairobi", "Riyadh", "St. Petersburg", "Volgograd", "Abu Dhabi", "Muscat", "Baku", "Tbilisi", "Yerevan",
		"Samara", "Ekaterinburg", "Islamabad", "Karachi", "Tashkent", "Almaty", "Astana", "Dhaka", "Urumqi", "Bangkok",
		"Hanoi", "Jakarta", "Krasnoyarsk", "Novosibirsk", "Beijing", "Chongqing", "Hong Kong", "Irkutsk", "Kuala Lumpur",
		"Perth", "Singapore", "Taipei", "Ulaanbaatar", "Osaka", "Sapporo", "Tokyo", "Seoul", "Yakutsk", "Brisbane",
		"Canberra", "Melbourne", "Sydney", "Guam", "Hobart", "Port Moresby", "Vladivostok", "Magadan", "New Caledonia",
		"Solomon Is.", "Srednekolymsk", "Auckland", "Wellington", "Fiji", "Kamchatka", "Marshall Is.", "Nuku'alofa",
		"Samoa", "Tokelau Is.", "International Date Line West", "American Samoa", "Midway Island", "Hawaii", "Alaska",
		"Pacific Time (US & Canada)", "Tijuana", "Arizona", "Chihuahua", "Mazatlan", "Mountain Time (US & Canada)",
		"Central America", "Central Time (US & Canada)", "Guadalajara", "Mexico City", "Monterrey", "Saskatchewan",
		"Bogota", "Eastern Time (US & Canada)", "Indiana (East)", "Lima", "Quito", "Atlantic Time (Canada)", "Georgetown",
		"La Paz", "Puerto Rico", "Santiago", "Brasilia", "Buenos Aires", "Greenland", "Montevideo", "Mid-Atlantic",
	}
}
