using System.Security.Cryptography;
using System.Text;
using Serm.Contracts;

namespace Serm.Bench;

/// <summary>Short posts as people write them, in the five measured languages, the same in every run.</summary>
internal static class Posts
{
    // Of five posts about a brand one complains and one praises: most of what is said of one is news, questions and chat. How many of them alert is for the shipped model to say, and told with the figures.
    private const double Complaints = 0.2;
    private const double Praise = 0.2;

    private static readonly (string Language, Tone Complaint, Tone Praise, Tone Plain)[] Speech =
    [
        (
            "en",
            new(
                ["Third week without internet and", "I have to say", "Honestly,", "Called support again:"],
                ["{0} charged me twice for the same order", "the new app of {0} keeps crashing", "{0} still has not answered my letter", "{0} raised its prices once more", "the queue at {0} was endless"],
                ["and nobody picks up the phone.", "what a disgrace 😡", "I want my money back.", "never again!!!"]),
            new(
                ["I have to say", "Honestly,", "So today", "Update:"],
                ["the courier from {0} was very kind", "{0} replaced my broken phone within a day", "{0} answered at once"],
                ["thank you so much!", "will buy again.", "I am so happy 😊"]),
            new(
                ["Does anyone know whether", "So today", "Update:", "For what it's worth,", "I read that"],
                ["the shop of {0} on Main Street opens at nine", "{0} moves to the new building", "{0} looks for drivers", "the meeting with {0} is on Thursday", "{0} has a stand at the fair"],
                ["see you next week.", "does it work for you?", "here is the list.", "the second hall on the left."])),
        (
            "ru",
            new(
                ["Третью неделю жду, и", "Хочу сказать, что", "Честно говоря,", "Снова звонил в поддержку:"],
                ["{0} дважды списал деньги за один заказ", "новое приложение {0} постоянно падает", "{0} так и не ответил на письмо", "{0} снова поднял цены"],
                ["и никто не берёт трубку.", "какой позор 😡", "верните мои деньги.", "больше никогда!!!"]),
            new(
                ["Хочу сказать, что", "Сегодня", "Обновление:"],
                ["курьер {0} был очень вежлив", "{0} заменил сломанный телефон за день"],
                ["большое спасибо!", "буду брать ещё.", "очень рад 😊"]),
            new(
                ["Кто-нибудь знает,", "Сегодня", "Обновление:", "Пишут, что"],
                ["магазин {0} на площади открывается в девять", "{0} переезжает в новое здание", "{0} ищет водителей", "встреча с {0} в четверг"],
                ["увидимся на неделе.", "у вас так же?", "вот список.", "второй зал налево."])),
        (
            "tr",
            new(
                ["Üç haftadır bekliyorum,", "Şunu söylemeliyim:", "Destek hattını yine aradım:"],
                ["{0} aynı siparişi iki kez çekti", "{0} uygulaması sürekli çöküyor", "{0} hâlâ cevap vermedi"],
                ["ve kimse telefonu açmıyor.", "rezalet 😡", "paramı geri istiyorum.", "bir daha asla!!!"]),
            new(
                ["Şunu söylemeliyim:", "Bugün"],
                ["{0} kuryesi çok nazikti", "{0} bozuk telefonumu bir günde değiştirdi"],
                ["çok teşekkürler!", "yine alırım.", "çok mutluyum 😊"]),
            new(
                ["Bilen var mı,", "Bugün", "Okudum ki"],
                ["{0} mağazası dokuzda açılıyor", "{0} yeni binaya taşınıyor", "{0} sürücü arıyor", "{0} ile toplantı perşembe günü"],
                ["haftaya görüşürüz.", "sizde nasıl?", "liste burada.", "soldaki ikinci salon."])),
        (
            "sv",
            new(
                ["Tredje veckan utan svar och", "Jag måste säga att", "Ringde kundtjänst igen:"],
                ["{0} drog pengar två gånger för samma order", "appen från {0} kraschar hela tiden", "{0} har fortfarande inte svarat"],
                ["och ingen svarar i telefon.", "vilken skandal 😡", "jag vill ha pengarna tillbaka.", "aldrig mer!!!"]),
            new(
                ["Jag måste säga att", "Idag"],
                ["budet från {0} var mycket vänligt", "{0} bytte min trasiga telefon på en dag"],
                ["tack så mycket!", "köper gärna igen.", "jag är så glad 😊"]),
            new(
                ["Vet någon om", "Idag", "Jag läste att"],
                ["butiken {0} på torget öppnar klockan nio", "{0} flyttar till det nya huset", "{0} söker förare", "mötet med {0} är på torsdag"],
                ["vi ses nästa vecka.", "hur är det hos er?", "här är listan.", "andra salen till vänster."])),
        (
            "vi",
            new(
                ["Ba tuần rồi mà", "Phải nói là", "Gọi lại tổng đài:"],
                ["{0} trừ tiền hai lần cho một đơn hàng", "ứng dụng mới của {0} bị lỗi liên tục", "{0} vẫn chưa trả lời thư của tôi"],
                ["và không ai nghe máy.", "thật đáng xấu hổ 😡", "tôi muốn lấy lại tiền.", "không bao giờ nữa!!!"]),
            new(
                ["Phải nói là", "Hôm nay"],
                ["người giao hàng của {0} rất tử tế", "{0} đổi điện thoại hỏng cho tôi trong một ngày"],
                ["cảm ơn rất nhiều!", "sẽ mua lại.", "tôi rất vui 😊"]),
            new(
                ["Có ai biết", "Hôm nay", "Tôi đọc thấy"],
                ["cửa hàng {0} ở quảng trường mở cửa lúc chín giờ", "{0} chuyển sang tòa nhà mới", "{0} tuyển tài xế", "cuộc họp với {0} vào thứ năm"],
                ["hẹn gặp tuần sau.", "bên bạn thế nào?", "danh sách đây.", "phòng thứ hai bên trái."])),
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
        var (language, complaint, praise, plain) = Speech[random.Next(Speech.Length)];
        var (openings, middles, endings) = random.NextDouble() switch { < Complaints => complaint, < Complaints + Praise => praise, _ => plain };
        var text = new StringBuilder();
        for (var sentences = random.Next(1, 3); sentences > 0; sentences--)
        {
            text.Append(Pick(openings)).Append(' ').Append(Pick(middles).Replace("{0}", brand, StringComparison.Ordinal)).Append(", ").AppendJoin(' ', Enumerable.Range(0, 5).Select(_ => Pick(Details[language]))).Append(' ').Append(Pick(endings)).Append(sentences > 1 ? " " : "");
        }

        return (language, text.ToString());

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    private sealed record Tone(string[] Openings, string[] Middles, string[] Endings);

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
