using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>Brand queries and short posts in eleven languages, the same in every run: OR groups, AND, NOT, a quarter with phrases, prefixes and wildcards, NEAR in both orders and windows, inflected words, forms as written, tags, fields and numbers.</summary>
internal static class QueryLoad
{
    private static readonly (string Language, string[] Words)[] Lexicons =
    [
        ("en", Split("the new app keeps crashing support never answers my order delivery was late money back please refund service phone shop price broken again thank you team great update account card bank charge")),
        ("ru", Split("приложение снова не работает поддержка молчит заказ доставка опоздала верните деньги сервис телефон магазин цена сломан спасибо команда обновление счёт карта банк списание курьер письмо")),
        ("tr", Split("uygulama yine çöküyor destek cevap vermiyor sipariş kargo gecikti paramı iade edin servis telefon mağaza fiyat bozuk teşekkürler ekip güncelleme hesap kart banka kurye mektup")),
        ("sv", Split("appen kraschar igen kundtjänst svarar inte beställning leverans försenad pengar tillbaka service telefon butik pris trasig tack teamet uppdatering konto kort bank bud brev")),
        ("vi", Split("ứng dụng lại bị lỗi hỗ trợ không trả lời đơn hàng giao trễ hoàn tiền dịch vụ điện thoại cửa hàng giá hỏng cảm ơn đội cập nhật tài khoản thẻ ngân hàng")),
        ("de", Split("die app stürzt wieder ab kundendienst antwortet nicht bestellung lieferung verspätet geld zurück bitte dienst telefon laden preis kaputt danke team konto karte bank")),
        ("fr", Split("application plante encore le support ne répond pas commande livraison en retard remboursement service téléphone magasin prix cassé merci équipe compte carte banque")),
        ("es", Split("la aplicación falla otra vez soporte no responde pedido entrega tarde dinero devolución servicio teléfono tienda precio roto gracias equipo cuenta tarjeta banco")),
        ("pt", Split("o aplicativo trava de novo suporte não responde pedido entrega atrasada dinheiro reembolso serviço telefone loja preço quebrado obrigado equipe conta cartão banco")),
        ("it", Split("applicazione si blocca ancora assistenza non risponde ordine consegna in ritardo rimborso servizio telefono negozio prezzo rotto grazie squadra conto carta banca")),
        ("pl", Split("aplikacja znowu się zawiesza obsługa nie odpowiada zamówienie dostawa spóźniona zwrot pieniędzy serwis telefon sklep cena zepsuty dziękuję zespół konto karta bank")),
    ];

    /// <summary>The text of a query.</summary>
    public static string Query(int number)
    {
        var name = Name(number);
        var (_, words) = Lexicons[number % Lexicons.Length];
        string W(int i) => words[(number * 7 + i * 5) % words.Length];
        return (number % 12) switch
        {
            0 => name,
            1 => $"{name} OR {name}app OR \"{name} {W(1)}\"",
            2 => $"{name} AND ({W(1)} OR {W(2)} OR {W(3)} OR \"{W(4)} {W(5)}\")",
            3 => $"{name} AND NOT ({W(1)} OR job OR vacancy)",
            4 => $"{name} NEAR/6 ({W(1)} OR {W(2)} OR {W(3)})",
            5 => $"({name} OR {name}shop) AND ({W(1)[..Math.Min(4, W(1).Length)]}* OR {W(2)}) AND NOT giveaway",
            6 => $"({W(1)} OR {W(2)}) AND {name} -\"{W(3)} {W(4)}\"",
            7 => $"{name} ONEAR/8 {W(1)} OR {name} {W(2)}",
            8 => $"\"{name} {W(1)}\"~5 OR #{name}",
            9 => $"{name[..6]}?{name[7..]} OR {name[..5]}*{name[^2..]}",
            10 => $"raw:{name} -site:jobs.example (lang:ru OR lang:en OR {W(1)})",
            _ => $"{name} (followers>5k OR engagement>=3 OR title:{W(1)} OR author:anna) -url:/careers/",
        };
    }

    /// <summary>Parsed.</summary>
    public static QueryNode Root(string query) => QueryParser.Parse(query).Root ?? throw new InvalidOperationException($"Not a query: {query}");

    /// <summary>Posts of 8 to 20 words; two of three speak of one of the brands, a fifth of those in an inflected form.</summary>
    public static PostText[] Posts(int count, int brands)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var (language, words) = Lexicons[random.Next(Lexicons.Length)];
            var text = Enumerable.Range(0, random.Next(8, 21)).Select(_ => words[random.Next(words.Length)]).ToList();
            if (i % 3 != 0)
            {
                text.Insert(random.Next(text.Count), (random.Next(8) == 0 ? "#" : "") + Name(random.Next(brands)) + (random.Next(5) == 0 ? "s" : ""));
            }

            var host = random.Next(10) == 0 ? "jobs.example" : "example.org";
            var title = random.Next(4) == 0 ? $"{words[random.Next(words.Length)]} {words[random.Next(words.Length)]}" : null;
            return new PostText(title, string.Join(' ', text), language, random.Next(5) == 0 ? "Anna Berg" : "author", "author", $"https://{host}/posts/{i}", "push", "forum", random.Next(20_000), null, random.Next(6));
        })];
    }

    private static string[] Split(string words) => [.. words.Split(' ').Where(w => w.Length > 2)];

    // Pronounceable and different: consonant and vowel pairs from the number.
    private static string Name(int number)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        var n = (number * 2_654_435_761L) & 0x7fffffff;
        return string.Concat(Enumerable.Range(0, 5).Select(_ =>
        {
            var pair = $"{Consonants[(int)(n % 14)]}{Vowels[(int)(n / 14 % 5)]}";
            n /= 70;
            return pair;
        }));
    }
}
