using System.Security.Cryptography;
using System.Text;
using Serm.Contracts;

namespace Serm.Bench;

/// <summary>Short posts as people write them, in the five measured languages, the same in every run.</summary>
internal static class Posts
{
    private static readonly (string Language, string[] Openings, string[] Middles, string[] Endings)[] Speech =
    [
        (
            "en",
            ["Third week without internet and", "I have to say", "Does anyone know why", "Honestly,", "So today", "Called support again:", "Update:", "For what it's worth,"],
            ["{0} charged me twice for the same order", "the new app of {0} keeps crashing", "the courier from {0} was very kind", "{0} still has not answered my letter", "the shop of {0} on Main Street opens at nine", "{0} raised its prices once more", "{0} replaced my broken phone within a day", "the queue at {0} was endless"],
            ["and nobody picks up the phone.", "thank you so much!", "what a disgrace 😡", "see you next week.", "I want my money back.", "will buy again.", "does it work for you?", "never again!!!"]),
        (
            "ru",
            ["Третью неделю жду, и", "Хочу сказать, что", "Кто-нибудь знает, почему", "Честно говоря,", "Сегодня", "Снова звонил в поддержку:", "Обновление:"],
            ["{0} дважды списал деньги за один заказ", "новое приложение {0} постоянно падает", "курьер {0} был очень вежлив", "{0} так и не ответил на письмо", "магазин {0} на площади открывается в девять", "{0} снова поднял цены"],
            ["и никто не берёт трубку.", "большое спасибо!", "какой позор 😡", "верните мои деньги.", "буду брать ещё.", "больше никогда!!!"]),
        (
            "tr",
            ["Üç haftadır bekliyorum,", "Şunu söylemeliyim:", "Bilen var mı,", "Bugün", "Destek hattını yine aradım:"],
            ["{0} aynı siparişi iki kez çekti", "{0} uygulaması sürekli çöküyor", "{0} kuryesi çok nazikti", "{0} hâlâ cevap vermedi", "{0} mağazası dokuzda açılıyor"],
            ["ve kimse telefonu açmıyor.", "çok teşekkürler!", "rezalet 😡", "paramı geri istiyorum.", "bir daha asla!!!"]),
        (
            "sv",
            ["Tredje veckan utan svar och", "Jag måste säga att", "Vet någon varför", "Idag", "Ringde kundtjänst igen:"],
            ["{0} drog pengar två gånger för samma order", "appen från {0} kraschar hela tiden", "budet från {0} var mycket vänligt", "{0} har fortfarande inte svarat", "butiken {0} på torget öppnar klockan nio"],
            ["och ingen svarar i telefon.", "tack så mycket!", "vilken skandal 😡", "jag vill ha pengarna tillbaka.", "aldrig mer!!!"]),
        (
            "vi",
            ["Ba tuần rồi mà", "Phải nói là", "Có ai biết tại sao", "Hôm nay", "Gọi lại tổng đài:"],
            ["{0} trừ tiền hai lần cho một đơn hàng", "ứng dụng mới của {0} bị lỗi liên tục", "người giao hàng của {0} rất tử tế", "{0} vẫn chưa trả lời thư của tôi", "cửa hàng {0} ở quảng trường mở cửa lúc chín giờ"],
            ["và không ai nghe máy.", "cảm ơn rất nhiều!", "thật đáng xấu hổ 😡", "tôi muốn lấy lại tiền.", "không bao giờ nữa!!!"]),
    ];

    // What makes one complaint differ from the next: most posts about a brand are no copies of each other.
    private static readonly Dictionary<string, string[]> Details = new(StringComparer.Ordinal)
    {
        ["en"] = "kitchen window Tuesday neighbour invoice charger blue ticket elevator garden refund counter winter parking mother bicycle receipt corner station manager signal weekend laptop battery".Split(' '),
        ["ru"] = "кухня окно вторник сосед счёт зарядка синий билет лифт сад возврат касса зима стоянка мама велосипед чек угол вокзал менеджер сигнал выходные ноутбук батарея".Split(' '),
        ["tr"] = "mutfak pencere salı komşu fatura şarj mavi bilet asansör bahçe iade kasa kış otopark anne bisiklet fiş köşe istasyon müdür sinyal haftasonu dizüstü pil".Split(' '),
        ["sv"] = "kök fönster tisdag granne faktura laddare blå biljett hiss trädgård återbetalning kassa vinter parkering mamma cykel kvitto hörn station chef signal helg dator batteri".Split(' '),
        ["vi"] = "bếp cửa sổ thứ hàng xóm hóa đơn sạc xanh vé thang vườn hoàn quầy đông xe mẹ đạp biên góc ga quản tín cuối máy pin".Split(' '),
    };

    /// <summary>One text: its language and one to two sentences, 80 to 250 characters.</summary>
    public static (string Language, string Text) Text(Random random, string brand)
    {
        var (language, openings, middles, endings) = Speech[random.Next(Speech.Length)];
        var text = new StringBuilder();
        for (var sentences = random.Next(1, 3); sentences > 0; sentences--)
        {
            text.Append(Pick(openings)).Append(' ').Append(Pick(middles).Replace("{0}", brand, StringComparison.Ordinal)).Append(", ").AppendJoin(' ', Enumerable.Range(0, 5).Select(_ => Pick(Details[language]))).Append(' ').Append(Pick(endings)).Append(sentences > 1 ? " " : "");
        }

        return (language, text.ToString());

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    /// <summary>A found mention of a brand, as ingest publishes it.</summary>
    public static MentionFound Found(Random random, BrandRef brand, Guid mention, string nativeId, DateTimeOffset now)
    {
        var (language, text) = Text(random, brand.Name);
        var author = random.Next(50_000);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return new(
            "main",
            mention,
            brand,
            new(
                "push", Guid.Empty, "bench", nativeId, $"https://example.org/posts/{nativeId}", null, text,
                new($"a{author}", $"author {author}", $"author{author}", $"https://example.org/author{author}", random.Next(100_000)),
                now.AddSeconds(-random.Next(1, 3600)), language, 0.98, random.Next(100_000), null, 1, hash),
            now,
            now);
    }

    /// <summary>A judgement of it, as sentiment publishes it.</summary>
    public static MentionScored Scored(Random random, MentionFound found)
    {
        var negative = random.NextSingle();
        return new(
            found,
            new(negative > 0.5f ? Sentiment.Negative : Sentiment.Neutral, negative, (1 - negative) * 0.7f, (1 - negative) * 0.3f, "bench-1", [new(PostPart.Text, 0, 6, 0.5f), new(PostPart.Text, 8, 5, 0.3f)], found.MatchedAt));
    }
}
