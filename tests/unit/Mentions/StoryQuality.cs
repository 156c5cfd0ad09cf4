using Serm.Ingest.Posts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>How well copies are told from other texts, on a set made by hand in five languages: each line is an original, what somebody else wrote about the same thing, and what the same shop wrote by a template.</summary>
public sealed class StoryQuality(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly (string Original, string Another)[] Texts =
    [
        ("I ordered a kettle from Acme three weeks ago, it never arrived and nobody answers the phone. Avoid this shop, they only take your money.",
            "Three weeks and still no kettle from Acme. I called four times and nobody picked up. Never again, save your money."),
        ("Acme is recalling the K200 kettle because the handle can come off while pouring; owners are asked to stop using it and to send it back for a full refund.",
            "If you own an Acme K200 kettle stop using it now, the company takes it back and refunds you since handles have broken and people got burnt."),
        ("The new Acme app logs me out every single morning and forgets my saved cards. Support told me to reinstall it, which I have done five times now.",
            "Acme's update broke the app again. Every day I have to sign in and type in my card number. Reinstalling does not help at all."),
        ("Я три недели назад заказал чайник в магазине Акме, он так и не пришёл, а по телефону никто не отвечает. Не связывайтесь с ними, потеряете деньги.",
            "Акме уже третью неделю не везёт мой чайник, дозвониться невозможно, деньги не возвращают. Больше ни ногой в этот магазин."),
        ("Компания Акме отзывает чайники К200: ручка может отвалиться, когда наливаешь кипяток. Владельцев просят вернуть товар и получить деньги обратно.",
            "Если у вас чайник К200 от Акме, не пользуйтесь им: у людей отрывались ручки, есть ожоги. Магазин принимает возврат без чека."),
        ("После обновления приложение Акме каждое утро выкидывает меня из аккаунта и забывает карту. Поддержка советует переустановить, я делал это пять раз.",
            "Приложение Акме опять сломали, каждый день заново вхожу и ввожу карту, переустановка ничего не меняет, поддержка молчит."),
        ("Üç hafta önce Acme'den bir su ısıtıcısı sipariş ettim, hâlâ gelmedi ve telefona kimse bakmıyor. Bu mağazadan uzak durun, sadece paranızı alıyorlar.",
            "Acme siparişim üç haftadır kargoya bile verilmedi, müşteri hizmetlerine ulaşmak imkânsız. Param da geri gelmedi, kimseye tavsiye etmem."),
        ("Acme, K200 su ısıtıcılarını geri çağırıyor: sapı su dökerken kopabiliyor. Sahiplerinden ürünü kullanmayı bırakmaları ve para iadesi için geri göndermeleri isteniyor.",
            "Evinizde Acme K200 varsa hemen fişten çekin, sapı kopup insanları yakmış. Mağaza ürünü geri alıp ücretini ödüyor."),
        ("Yeni güncellemeden sonra Acme uygulaması her sabah oturumumu kapatıyor ve kayıtlı kartlarımı unutuyor. Destek silip yeniden yükle diyor, beş kere yaptım.",
            "Acme uygulaması yine bozuldu, her gün baştan giriş yapıp kart bilgisi giriyorum. Yeniden yüklemek hiçbir işe yaramadı."),
        ("Jag beställde en vattenkokare från Acme för tre veckor sedan, den har aldrig kommit och ingen svarar i telefon. Undvik den här butiken, de tar bara dina pengar.",
            "Tre veckor och fortfarande ingen vattenkokare från Acme. Har ringt fyra gånger utan svar. Handlar aldrig där igen."),
        ("Acme återkallar vattenkokaren K200 eftersom handtaget kan lossna när man häller. Den som äger en uppmanas att sluta använda den och skicka tillbaka den mot full återbetalning.",
            "Har du en K200 från Acme ska du dra ur sladden direkt, handtag har gått av och folk har bränt sig. Butiken tar tillbaka den och betalar igen."),
        ("Efter uppdateringen loggar Acmes app ut mig varje morgon och glömmer mina sparade kort. Supporten säger att jag ska installera om, det har jag gjort fem gånger nu.",
            "Acmes app är trasig igen. Varje dag får jag logga in på nytt och skriva in kortet. Att installera om hjälper inte alls."),
        ("Tôi đặt một ấm đun nước của Acme ba tuần trước mà đến giờ vẫn chưa nhận được hàng, gọi điện thì không ai nghe máy. Mọi người nên tránh xa cửa hàng này, họ chỉ lấy tiền thôi.",
            "Ba tuần rồi Acme chưa giao ấm cho tôi, tổng đài thì bận suốt, đòi hoàn tiền cũng không được. Không bao giờ mua ở đây nữa."),
        ("Acme thu hồi ấm đun nước K200 vì tay cầm có thể rơi ra khi rót nước. Người đang dùng được yêu cầu ngừng sử dụng và gửi lại sản phẩm để được hoàn tiền đầy đủ.",
            "Nhà ai có ấm K200 của Acme thì ngừng dùng ngay nhé, tay cầm bị gãy làm nhiều người bỏng rồi. Cửa hàng nhận lại và trả tiền."),
        ("Sau bản cập nhật, ứng dụng Acme cứ mỗi sáng lại tự đăng xuất và quên thẻ đã lưu của tôi. Bộ phận hỗ trợ bảo cài lại, tôi đã cài lại năm lần rồi.",
            "Ứng dụng Acme lại lỗi nữa rồi, ngày nào cũng phải đăng nhập và nhập số thẻ từ đầu. Cài lại cũng chẳng ăn thua gì."),
    ];

    // The way people pass a text on.
    private static readonly (string How, Func<string, string> Copy)[] Copies =
    [
        ("repost mark and link", t => $"RT @someone: {t} https://t.co/a1b2c3"),
        ("case and punctuation", t => t.ToUpperInvariant().Replace(",", " -", StringComparison.Ordinal).Replace(".", "!!!", StringComparison.Ordinal)),
        ("emoji and hashtag marks", t => $"😡😡 {t} 👇"),
        ("without accents", t => string.Concat(t.Normalize(System.Text.NormalizationForm.FormD).Where(c => char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark))),
        ("one word more", t => $"{t} #Acme"),
        ("a word of one's own before it", t => $"Wow! {t}"),
        ("last word cut off", t => t[..t.TrimEnd('.').LastIndexOf(' ')] + "…"),
    ];

    // One template with other facts in it: many customers, not one story.
    private static readonly string[] Templates =
    [
        "Hello Anna, we are sorry to hear this. Please send us your order number by direct message so that we can look into it. Order of the kettle in May.",
        "Hello Boris, we are sorry to hear this. Please tell us the shop and the day of your visit by direct message so that we can talk to the team there.",
    ];

    [Fact]
    public void Copies_are_found_and_what_others_wrote_stays_apart()
    {
        var (pairs, found, wrong) = (0, new Dictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (var (original, another) in Texts)
        {
            foreach (var (how, copy) in Copies)
            {
                pairs++;
                found[how] = found.GetValueOrDefault(how) + (IsOne(original, copy(original)) ? 1 : 0);
            }

            wrong += IsOne(original, another) ? 1 : 0;
        }

        var others = Texts.SelectMany(t => new[] { t.Original, t.Another }).Concat(Templates).ToList();
        var apart = others.SelectMany((a, i) => others.Skip(i + 1).Select(b => (a, b))).ToList();
        var merged = apart.Count(p => IsOne(p.a, p.b));
        var recall = (double)found.Values.Sum() / pairs;
        foreach (var (how, _) in Copies)
        {
            output.WriteLine($"{how}: {found[how]} of {Texts.Length}");
        }

        output.WriteLine($"recall {recall:0.000} of {pairs} copies; {merged} of {apart.Count} pairs of other texts taken for copies");
        wrong.ShouldBe(0);
        merged.ShouldBe(0);
        found["repost mark and link"].ShouldBe(Texts.Length);
        found["case and punctuation"].ShouldBe(Texts.Length);
        recall.ShouldBeGreaterThan(0.7);
    }

    private static bool IsOne(string a, string b)
    {
        var index = new StoryIndex();
        index.Add(new(new Guid(1, 0, 0, new byte[8]), "main", Guid.Empty, SimHash.Of(null, a), null, Start));
        return index.Add(new(new Guid(2, 0, 0, new byte[8]), "main", Guid.Empty, SimHash.Of(null, b), null, Start.AddMinutes(1))).Count > 0;
    }
}
