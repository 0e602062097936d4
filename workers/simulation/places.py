"""Where the demo's customers live: real towns with their postcodes, made people. Every address passes the address rules."""

from dataclasses import dataclass

from models.order.messages import Address


@dataclass(frozen=True)
class Country:
    """One country's custom: its currency, language, how many units of it a euro costs, and towns as (line, city, region, postcode)."""

    code: str
    currency: str
    locale: str
    per_euro: float
    towns: tuple[tuple[str, str, str, str], ...]
    people: tuple[str, ...]
    phone: str = ""

    def address(self, nth: int) -> Address:
        """The n-th town, round and round."""
        line1, city, region, postcode = self.towns[nth % len(self.towns)]
        return Address(line1=line1, city=city, region=region, postcode=postcode, country=self.code)


COUNTRIES: tuple[Country, ...] = (
    Country("DE", "EUR", "de", 1.0, (
        ("Torstraße 12", "Berlin", "", "10119"), ("Große Bleichen 4", "Hamburg", "", "20354"),
        ("Domplatz 1", "Köln", "", "50667"), ("Maximilianstraße 9", "München", "", "80539"),
    ), ("Ada Weber", "Jonas Krüger", "Meryem Aydın", "Lena Groß"), "+49 30 1234567"),
    Country("FR", "EUR", "fr", 1.0, (
        ("14 rue de Rivoli", "Paris", "", "75004"), ("3 quai des Chartrons", "Bordeaux", "", "33000"),
        ("8 place Bellecour", "Lyon", "", "69002"),
    ), ("Camille Lefèvre", "Hugo Moreau", "Inès Benali"), "+33 1 42 68 53 00"),
    Country("NL", "EUR", "nl", 1.0, (
        ("Prinsengracht 263", "Amsterdam", "", "1016 GV"), ("Oudegracht 99", "Utrecht", "", "3511 AE"),
    ), ("Sanne de Vries", "Bram Jansen")),
    Country("ES", "EUR", "es", 1.0, (
        ("Calle de Alcalá 50", "Madrid", "Madrid", "28014"), ("Passeig de Gràcia 43", "Barcelona", "Barcelona", "08007"),
    ), ("Lucía Fernández", "Iker Etxeberria"), "+34 912 345 678"),
    Country("IT", "EUR", "it", 1.0, (
        ("Via del Corso 120", "Roma", "RM", "00186"), ("Corso Buenos Aires 7", "Milano", "MI", "20124"),
    ), ("Giulia Rossi", "Matteo Conti")),
    Country("GB", "GBP", "en", 0.86, (
        ("221 Baker Street", "London", "", "NW1 6XE"), ("18 Broad Quay", "Bristol", "", "BS1 4DA"),
    ), ("Olivia Clarke", "Imran Hussain"), "+44 20 7946 0018"),
    Country("PL", "PLN", "pl", 4.3, (
        ("Nowy Świat 21", "Warszawa", "", "00-029"), ("Floriańska 5", "Kraków", "", "31-019"),
    ), ("Zofia Kowalska", "Michał Wójcik")),
    Country("SE", "SEK", "sv", 11.2, (
        ("Drottninggatan 71", "Stockholm", "", "111 36"), ("Avenyn 12", "Göteborg", "", "411 36"),
    ), ("Astrid Lindqvist", "Nils Berg")),
    Country("CH", "CHF", "de", 0.95, (
        ("Bahnhofstrasse 40", "Zürich", "", "8001"), ("Rue du Rhône 30", "Genève", "", "1204"),
    ), ("Reto Meier", "Chloé Favre")),
    Country("US", "USD", "en", 1.09, (
        ("350 5th Ave", "New York", "NY", "10118"), ("233 S Wacker Dr", "Chicago", "IL", "60606"),
        ("1 Market St", "San Francisco", "CA", "94105"),
    ), ("Grace Miller", "DeShawn Carter", "Hannah Nguyen"), "+1 312 555 0142"),
    Country("CA", "CAD", "en", 1.48, (
        ("290 Bremner Blvd", "Toronto", "ON", "M5V 3L9"), ("1380 Rue Sherbrooke O", "Montréal", "QC", "H3G 1J5"),
    ), ("Noah Tremblay", "Priya Singh")),
    Country("BR", "BRL", "pt", 5.9, (
        ("Avenida Paulista 1578", "São Paulo", "SP", "01310-200"), ("Avenida Atlântica 1702", "Rio de Janeiro", "RJ", "22021-001"),
    ), ("Marina Oliveira", "João Pereira"), "+55 11 91234 5678"),
    Country("MX", "MXN", "es", 20.1, (
        ("Paseo de la Reforma 222", "Ciudad de México", "CDMX", "06600"), ("Avenida Vallarta 3233", "Guadalajara", "Jal.", "44690"),
    ), ("Valeria Hernández", "Diego Ramírez")),
    Country("JP", "JPY", "ja", 163.0, (
        ("1-1-2 Oshiage", "Sumida-ku", "Tokyo", "131-0045"), ("5-7 Dotonbori", "Osaka-shi", "Osaka", "542-0071"),
    ), ("佐藤 陽菜", "Kenji Tanaka")),
    Country("IN", "INR", "en", 91.0, (
        ("12 MG Road", "Bengaluru", "Karnataka", "560001"), ("44 Marine Drive", "Mumbai", "Maharashtra", "400020"),
    ), ("Ananya Iyer", "Rohan Mehta")),
    Country("AU", "AUD", "en", 1.65, (
        ("1 Macquarie St", "Sydney", "NSW", "2000"), ("120 Collins St", "Melbourne", "VIC", "3000"),
    ), ("Ruby Thompson", "Liam Walker")),
    Country("KW", "KWD", "ar", 0.335, (
        ("Arabian Gulf Street 7", "Kuwait City", "", "13001"), ("Salem Al Mubarak Street 15", "Salmiya", "", "22001"),
    ), ("Fatima Al-Sabah", "Yousef Al-Mutairi")),
)  # fmt: skip
