using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Language;

namespace Serm.Tests.Unit.Language;

public class TellingLanguages
{
    [Theory]
    [InlineData("en", "The delivery was two weeks late and nobody answers the phone")]
    [InlineData("ru", "Доставка опоздала на две недели, и никто не берёт трубку")]
    [InlineData("tr", "Kargo iki hafta gecikti ve telefona kimse bakmıyor")]
    [InlineData("sv", "Leveransen var två veckor sen och ingen svarar i telefonen")]
    [InlineData("vi", "Giao hàng trễ hai tuần và không ai nghe điện thoại")]
    [InlineData("uk", "Доставка запізнилася на два тижні, і ніхто не бере слухавку")]
    [InlineData("bg", "Доставката закъсня с две седмици и никой не вдига телефона")]
    [InlineData("de", "Die Lieferung kam zwei Wochen zu spät und niemand geht ans Telefon")]
    [InlineData("fr", "La livraison a eu deux semaines de retard et personne ne répond")]
    [InlineData("es", "La entrega llegó con dos semanas de retraso y nadie contesta")]
    [InlineData("pt", "A entrega atrasou duas semanas e ninguém atende o telefone")]
    [InlineData("fi", "Toimitus oli kaksi viikkoa myöhässä eikä kukaan vastaa puhelimeen")]
    [InlineData("pl", "Przesyłka spóźniła się dwa tygodnie i nikt nie odbiera telefonu")]
    [InlineData("ar", "تأخر التوصيل أسبوعين ولا أحد يرد على الهاتف")]
    [InlineData("fa", "این فیلم خیلی خوب بود و من دوباره می‌بینم")]
    [InlineData("he", "המשלוח איחר בשבועיים ואף אחד לא עונה")]
    [InlineData("el", "Η παράδοση άργησε δύο εβδομάδες")]
    [InlineData("th", "จัดส่งล่าช้าสองสัปดาห์")]
    [InlineData("zh", "快递晚了两个星期，没有人接电话")]
    [InlineData("ja", "配達が二週間遅れて、誰も電話に出ません")]
    [InlineData("ko", "배송이 두 주나 늦었어요")]
    [InlineData("hi", "डिलीवरी दो हफ्ते देर से आई")]
    public void A_sentence_is_told(string code, string text)
    {
        LanguageIdentifier.Identify(text).Code.ShouldBe(code);
        LanguageIdentifier.Codes.ShouldContain(code);
    }

    [Theory]
    [InlineData("ru", "privet, kogda vy rabotaete v voskresenye? nikto ne otvechaet na zvonki")]
    [InlineData("tr", "kargo iki haftadir gelmedi, musteri hizmetleri telefona bakmiyor")]
    [InlineData("vi", "giao hang cham qua, goi dien khong ai nghe may, that vong")]
    public void People_without_the_right_keyboard_are_told_too(string code, string text) => LanguageIdentifier.Identify(text).Code.ShouldBe(code);

    [Theory]
    [InlineData("en", "where is my parcel")]
    [InlineData("ru", "где мой заказ")]
    [InlineData("tr", "kargom nerede")]
    [InlineData("sv", "var är mitt paket")]
    [InlineData("vi", "đơn hàng của tôi đâu")]
    public void A_few_words_are_enough_where_they_tell(string code, string text) => LanguageIdentifier.Identify(text).Code.ShouldBe(code);

    [Theory]
    [InlineData("")]
    [InlineData("   \t\n")]
    [InlineData("😀😡👍🏽")]
    [InlineData("12345 67,8 %")]
    [InlineData("!!! ??? ...")]
    [InlineData("@someone")]
    [InlineData("https://example.com/the/path/of/words")]
    [InlineData("ok")]
    [InlineData("\u200B\u200D\uFEFF")]
    [InlineData("\uD83D \uDE00")]
    public void What_does_not_tell_is_unknown(string text) => LanguageIdentifier.Identify(text).ShouldBe(LanguageGuess.Unknown);

    [Fact]
    public void Letters_of_no_known_language_are_unknown() =>
        LanguageIdentifier.Identify("Labas rytas, kaip sekasi? Ačiū labai").ShouldBe(LanguageGuess.Unknown);

    [Fact]
    public void Handles_and_addresses_do_not_count()
    {
        const string swedish = "Ingen svarar i telefonen och jag väntar fortfarande";
        var guess = LanguageIdentifier.Identify("@the_best_shop_in_town " + swedish + " https://example.com/where-is-the-money");
        guess.ShouldBe(LanguageIdentifier.Identify(swedish));
    }

    [Fact]
    public void A_foreign_name_does_not_turn_the_text() =>
        LanguageIdentifier.Identify("Мой новый iPhone Pro Max сломался через неделю").Code.ShouldBe("ru");

    [Theory]
    [InlineData("Giao hàng trễ hai tuần và không ai nghe điện thoại")]
    [InlineData("Kargo iki hafta gecikti ve müşteri hizmetleri çok kötü")]
    public void Composed_and_decomposed_letters_give_the_same_answer(string text) =>
        LanguageIdentifier.Identify(text.Normalize(System.Text.NormalizationForm.FormD)).ShouldBe(LanguageIdentifier.Identify(text));

    [Fact]
    public void A_megabyte_is_told_by_its_beginning() =>
        LanguageIdentifier.Identify(string.Concat(Enumerable.Repeat("Det här är en ganska lång text. ", 40_000))).Code.ShouldBe("sv");

    [Property(MaxTest = 500)]
    public void Any_text_gets_a_known_code_and_a_probability(string? text)
    {
        var guess = LanguageIdentifier.Identify(text);
        guess.Confidence.ShouldBeInRange(0, 1.000001);
        (guess == LanguageGuess.Unknown || LanguageIdentifier.Codes.Contains(guess.Code)).ShouldBeTrue();
    }

    [Property(MaxTest = 500)]
    public Property Ill_formed_text_is_read_without_failing() =>
        Prop.ForAll(Gen.Choose(0, char.MaxValue).Select(c => (char)c).ArrayOf().ToArbitrary(), letters => LanguageIdentifier.Identify(letters).Confidence >= 0);

    [Fact]
    public void What_normalisation_refuses_is_read_all_the_same() => LanguageIdentifier.Identify("de\u0301j\u00E0 vu \uFFFE \uD800").Confidence.ShouldBeGreaterThanOrEqualTo(0);

    [Fact]
    public void Nothing_is_allocated_once_the_code_is_compiled()
    {
        // The runtime's first, unoptimised compilation of vector code boxes; it is replaced in the background after some calls.
        var rounds = 0;
        while (AllocatedByThousandCalls() > 0)
        {
            (++rounds).ShouldBeLessThan(500);
            Thread.Sleep(10);
        }
    }

    private static long AllocatedByThousandCalls()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            LanguageIdentifier.Identify("Doručení mělo dva týdny zpoždění a nikdo nezvedá telefon");
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
