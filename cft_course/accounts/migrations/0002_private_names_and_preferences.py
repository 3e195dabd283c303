import datetime
import uuid

from django.db import migrations, models

import cft_course.accounts.days


def give_each_user_a_uuid(apps, schema_editor):
    for user in apps.get_model('accounts', 'User').objects.filter(uuid=None).iterator():
        user.uuid = uuid.uuid4()
        user.save(update_fields=['uuid'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField('user', 'uuid', models.UUIDField(editable=False, null=True)),
        migrations.RunPython(give_each_user_a_uuid, migrations.RunPython.noop),
        migrations.AlterField('user', 'uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
        migrations.AddField(
            'user', 'time_zone',
            models.CharField(default='UTC', max_length=64, validators=[cft_course.accounts.days.validate_time_zone]),
        ),
        migrations.AddField(
            'user', 'day_starts',
            models.TimeField(
                default=datetime.time(4, 0),
                help_text='Until this hour of the night it is still the day before.',
                verbose_name='my day starts at',
            ),
        ),
        migrations.AddField('user', 'sealed_name', models.BinaryField(editable=False, null=True)),
        migrations.AddField(
            'user', 'shows_words', models.BooleanField(default=False, verbose_name='show my words in the list')
        ),
    ]
